// After DataBiosphere/azul with its sets in order instead of by weight: nested sets, interrupt, requests at once, a
// redirect that is the success.
import { constant, HttpUser, SequentialTaskSet, StopUser, TaskSet, task } from "swarmgate";

export class Indexer extends HttpUser {
  override waitTime = constant(0.005);
  visits = 3;

  @task
  static Visit = class extends SequentialTaskSet<Indexer> {
    override async onStart() {
      await this.client.get("/healthz", { name: "opening" });
    }

    @task
    static Browsing = class extends TaskSet<Indexer> {
      #pages = 0;

      override async onStart() {
        await this.client.get("/products", { name: "entering" });
      }

      override async onStop() {
        await this.client.get("/home", { name: "leaving" });
      }

      @task async filtered() {
        if (this.#pages === 2) this.interrupt();
        this.#pages++;
        await Promise.all(
          [1, 2, 3].map((page) => this.client.get("/products", { params: { page }, name: "index page" })),
        );
      }
    };

    @task
    static Download = class extends SequentialTaskSet<Indexer> {
      @task async chooseFilters() {
        await this.client.get("/products/5", { name: "filters" });
      }

      @task async startExport() {
        const options = { form: { product_id: 5 }, allowRedirects: false, name: "manifest" };
        using res = await this.client.post("/cart", { ...options, catchResponse: true });
        if (res.status === 303 && res.headers.get("location") === "/cart") res.success();
        else res.failure(`expected a redirect, got ${res.status}`);
      }

      @task async wrongExport() {
        const options = { form: { product_id: 999 }, allowRedirects: false, name: "no manifest" };
        using res = await this.client.post("/cart", { ...options, catchResponse: true });
        if (res.status !== 303) res.failure(`expected a redirect, got ${res.status}`);
      }

      @task async done() {
        this.interrupt({ reschedule: false });
      }
    };

    @task async close() {
      if (--this.user.visits === 0) throw new StopUser("seen enough");
    }
  };
}
