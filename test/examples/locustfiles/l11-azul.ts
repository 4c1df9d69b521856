// After DataBiosphere/azul: task sets in task sets, ordered tasks (theirs with @seq_task), interrupt, several requests
// of one user at once, a redirect that is not followed and is the success, min_wait and max_wait.
import { HttpUser, SequentialTaskSet, TaskSet, task } from "swarmgate";

export class Indexer extends HttpUser {
  static override minWait = 5;
  static override maxWait = 10;

  @task(3)
  static Browsing = class extends TaskSet<HttpUser> {
    override async onStart() {
      await this.client.get("/products", { name: "entering" });
    }

    @task(2) async filtered() {
      await Promise.all(
        [1, 2, 3].map((page) => this.client.get("/products", { params: { page }, name: "index page" })),
      );
    }

    @task(1) leave() {
      this.interrupt();
    }
  };

  @task(1)
  static Download = class extends SequentialTaskSet<HttpUser> {
    #manifest = 0;

    @task async chooseFilters() {
      this.#manifest = this.user.random.int(1, 120);
      await this.client.get(`/products/${this.#manifest}`, { name: "filters" });
    }

    @task async startExport() {
      using res = await this.client.post("/cart", {
        form: { product_id: this.#manifest },
        allowRedirects: false,
        catchResponse: true,
        name: "manifest",
      });
      if (res.status === 303 && res.headers.get("location") === "/cart") res.success();
      else res.failure(`expected a redirect, got ${res.status}`);
    }

    @task async done() {
      this.interrupt({ reschedule: false });
    }
  };
}
