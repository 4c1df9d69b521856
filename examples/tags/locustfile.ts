import { HttpUser, tag, task } from "swarmgate";

export class Shopper extends HttpUser {
  @tag("reading") @task async list() {
    await this.client.get("/products");
  }

  @tag("reading", "slow") @task async report() {
    await this.client.get("/slow", { params: { ms: 50 }, name: "/slow" });
  }

  @tag("writing") @task async add() {
    await this.client.post("/cart", { form: { product_id: this.random.int(1, 120) } });
  }
}
