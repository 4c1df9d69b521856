// After mozilla-services/merino-py: weights from a configuration (0 among them), listeners of init and testStart, data
// read on the master and sent to every worker, answers judged against a set of statuses (0 among them: no answer),
// names, headers, query, JSON, StopUser, no wait time.
import { setTimeout as sleep } from "node:timers/promises";
import { events, HttpUser, StopUser, task } from "swarmgate";
import weights from "./l04-weights.json" with { type: "json" };

const accepted = new Set([0, 200, 204, 404]);
let queries: readonly string[] = [];

events.init.addListener(({ runner }) => {
  if (runner.role === "master") return;
  runner.registerMessage("store_queries", ({ data }) => {
    queries = data as string[];
  });
});

events.testStart.addListener(({ environment: { runner } }) => {
  if (runner.role === "master") runner.sendMessage("store_queries", ["lamp", "oak", "watch"]);
});

export class MerinoUser extends HttpUser {
  #left = 40;

  override async onStart() {
    this.client.headers.set("accept-language", "en-US");
    while (queries.length === 0) await sleep(5);
  }

  @task(weights.suggest) async suggest() {
    if (this.#left-- === 0) throw new StopUser("this browser is closed");
    const params = { q: this.random.pick(queries), providers: "wiki" };
    using res = await this.client.get("/search", { params, name: "suggest", catchResponse: true });
    if (!accepted.has(res.status)) res.failure(`${res.error ?? ""} status ${res.status}`);
    else if (res.json<{ found: number }>().found === 0) res.failure("no suggestion");
  }

  @task(weights.missing) async missing() {
    const headers = { "user-agent": "Mozilla/5.0" };
    await this.client.get("/products/999", {
      headers,
      name: "missing",
      catchResponse: (res) => {
        if (accepted.has(res.status)) res.success();
      },
    });
  }

  @task(weights.retired) async retired() {
    throw new Error("a task of weight 0 never runs");
  }
}
