import { HttpUser, task } from "swarmgate";

export class Shopper extends HttpUser {
  /** An answer of the right status and the wrong content is a failure. */
  @task async search() {
    using res = await this.client.get("/search", { params: { q: "lamp" }, name: "/search", catchResponse: true });
    if (res.elapsedMs > 5000) res.failure("nobody waits that long");
    else if (res.ok && res.json<{ found: number }>().found === 0) res.failure("nothing found");
  }

  /** Being told that something is not there is what this task wants. */
  @task async deleted() {
    using res = await this.client.get("/products/100000", { name: "/products/{deleted}", catchResponse: true });
    if (res.status === 404) res.success();
    else res.failure("it is still there");
  }

  /** Busy is not broken: 503 may come, and is tried again; the last word of each request counts. */
  @task async unreliable() {
    for (let tries = 1; tries <= 3; tries++) {
      using res = await this.client.get("/flaky", { catchResponse: true });
      if (res.status !== 503) return;
      if (tries < 3) res.success();
      else res.failure("busy three times in a row");
    }
  }
}
