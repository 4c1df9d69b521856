// After open-telemetry/opentelemetry-demo: weighted tasks, classes with weights, the host from the environment, query
// and JSON, an answer judged by hand with a name and a timeout, headers of the session, baggage sent with each request.
// Their browser user (the Playwright plugin) is out of the engine's scope.
import { randomUUID } from "node:crypto";
import { between, HttpUser, task } from "swarmgate";

const categories = ["lamp", "oak", "kitchen", "watch"];

abstract class Visitor extends HttpUser {
  static override abstract = true;
  static override host = process.env.LOCUST_SHOP_HOST ?? null;
  override waitTime = between(0.005, 0.02);

  override async onStart() {
    this.client.headers.set("baggage", `session.id=${randomUUID()},synthetic_request=true`);
    await this.client.get("/", { name: "/ (arriving)" });
  }
}

export class WebsiteUser extends Visitor {
  static override weight = 3;

  @task(1) async home() {
    await this.client.get("/");
  }

  @task(10) async browse() {
    await this.client.get(`/products/${this.random.int(1, 120)}`, { name: "/products/{id}" });
  }

  @task(3) async recommendations() {
    await this.client.get("/search", { params: { q: this.random.pick(categories) }, name: "/search" });
  }

  @task(2) async addToCart() {
    await this.client.post("/cart", { json: { product_id: this.random.int(1, 120), quantity: 1 } });
  }

  @task(5) async ask() {
    using res = await this.client.get("/flaky", { name: "ask the assistant", timeout: 10, catchResponse: true });
    if (res.status === 503) res.failure("the assistant is busy");
    else if (res.json<{ status: string }>().status === "ok") res.success();
  }
}

export class Flooder extends Visitor {
  static override weight = 1;

  @task async flood() {
    for (let n = 0; n < 3; n++) await this.client.get("/healthz");
  }
}
