import { constant, task, WebSocketUser } from "swarmgate";

/** Subscribes to a price, and asks for it again and again on the same connection. */
export class Trader extends WebSocketUser {
  override waitTime = constant(0.01);

  override async onStart() {
    await this.client.connect("/prices");
  }

  @task async price() {
    const product = this.random.int(1, 120);
    await this.client.send(JSON.stringify({ product }), { name: "ask" });
    const answer = JSON.parse(String(await this.client.receive({ name: "price", timeout: 5 })));
    if (answer.product !== product) throw new Error("the price of something else");
  }
}
