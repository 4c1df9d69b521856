// After browse_docs_sequence_test.py of Locust's examples, once with each of its two clients: how requests are named
// without a name.
import { constant, FastHttpUser, HttpUser, SequentialTaskSet, StopUser, task } from "swarmgate";

class Browsing extends SequentialTaskSet<HttpUser> {
  #links: readonly string[] = [];

  @task async indexPage() {
    const res = await this.client.get("/");
    this.#links = [...res.text().matchAll(/href="(\/product\/\d+)"/g)].map(([, link = ""]) => link);
    await this.client.get("/favicon.ico");
  }

  @task async loadPage() {
    for (const link of this.#links.slice(0, 3)) await this.client.get(link);
  }

  @task async search() {
    await this.client.get("/search?q=oak");
    await this.client.get("/search", { params: { q: "oak" } });
    await this.client.get("/search");
  }

  @task async redirected() {
    await this.client.post("/setCurrency", { form: { currency_code: "EUR" } });
    await this.client.post("/setCurrency", { form: { currency_code: "none" } });
  }

  @task async otherMethods() {
    await this.client.head("/healthz");
    await this.client.delete("/cart");
  }

  @task async leave() {
    throw new StopUser("read enough");
  }
}

export class HttpBrowser extends HttpUser {
  static override tasks = [Browsing];
  override waitTime = constant(0.01);
}

export class FastBrowser extends FastHttpUser {
  static override tasks = [Browsing];
  override waitTime = constant(0.01);
}
