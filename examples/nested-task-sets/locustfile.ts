import { between, HttpUser, SequentialTaskSet, TaskSet, task } from "swarmgate";

/** Looking around, until the visitor has had enough. */
class Browsing extends TaskSet {
  @task(5) async page() {
    await this.client.get("/products", { params: { page: this.user.random.int(1, 6) }, name: "/products" });
  }

  /** A set in the set: what happens once something looks interesting. */
  @task(2)
  static Product = class extends SequentialTaskSet {
    @task async look() {
      await this.client.get(`/product/${this.user.random.int(1, 120)}`, { name: "/product/{id}" });
    }

    @task async lookAgain() {
      await this.client.get("/cart");
      this.interrupt();
    }
  };

  @task(1) stop() {
    this.interrupt();
  }
}

export class Visitor extends HttpUser {
  static override tasks = [Browsing, home];
  override waitTime = between(0.01, 0.05);
}

async function home({ client }: Visitor) {
  await client.get("/");
}
