import { between, HttpUser, tag, task } from "swarmgate";

const searches = ["lamp", "oak", "kitchen", "copper", "watch", "glass", "desk"];

/** Signs in, looks around, now and then buys. */
export class Shopper extends HttpUser {
  override waitTime = between(0.1, 0.5);

  override async onStart() {
    await this.client.post("/login", { form: { username: `shopper-${this.index}`, password: "secret" } });
  }

  @task(4) async home() {
    await this.client.get("/");
  }

  @task(6) async browse() {
    await this.client.get("/products", { params: { page: this.random.int(1, 6) }, name: "/products" });
    await this.client.get(`/products/${this.random.int(1, 120)}`, { name: "/products/{id}" });
  }

  @task(5) async search() {
    const q = this.random.pick(searches);
    using res = await this.client.get("/search", { params: { q }, name: "/search", catchResponse: true });
    if (res.ok && (res.json() as { found: number }).found === 0) res.failure(`nothing found for ${q}`);
  }

  @tag("buying") @task(2) async buy() {
    for (let lines = this.random.int(1, 3); lines > 0; lines--) {
      await this.client.post("/cart", { form: { product_id: this.random.int(1, 120), quantity: 1 } });
    }
    await this.client.post("/checkout", { json: { payment: "invoice" } });
  }
}
