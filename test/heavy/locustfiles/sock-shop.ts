// After microservices-demo/load-test (the sock shop): other requests while verdicts on one or two answers are open.
import { constant, HttpUser, StopUser, task } from "swarmgate";

export class Buyer extends HttpUser {
  override waitTime = constant(0.01);
  #rounds = 4;

  @task async purchase() {
    if (this.#rounds-- === 0) throw new StopUser("bought enough");
    await this.client.get("/");
    await this.client.post("/login", { form: { username: "sock", password: "shop" } });
    const form = { product_id: 3, quantity: 1 };
    {
      using added = await this.client.post("/cart", { form, name: "add to cart", catchResponse: true });
      await this.client.get("/product/3", { name: "/product/{id}" });
      {
        using basket = await this.client.get("/cart", { name: "basket", catchResponse: true });
        const order = await this.client.post("/checkout", { json: { payment: "invoice" }, name: "order" });
        if (order.status === 201) basket.success();
        else basket.failure("not ordered");
      }
      if (added.status === 200) added.success();
    }
    using gone = await this.client.get("/products/999", { name: "sold out", catchResponse: true });
    await this.client.get("/healthz");
    if (gone.status === 404) gone.success();
  }
}
