// After fw-ai/benchmark: arguments of its own, spawningComplete (they reset the statistics there: `--reset-stats`),
// a report at quitting, rows of its own figures told as METRIC requests, constantPacing or a pacer for the whole
// swarm, a streamed answer read line by line, answers judged by hand, headers of the session.
import { constantPacing, events, HttpUser, task } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--model", "-m", { default: "small", choices: ["small", "large"] });
  parser.addArgument("--max-tokens", "-o-tokens", { type: "int", default: 8 });
  parser.addArgument("--qps", { type: "float", help: "requests a second of all users together" });
});

events.spawningComplete.addListener(({ userCount }) => console.log(`all ${userCount} are here`));

function metric(name: string, value: number): void {
  void events.request.fire({ requestType: "METRIC", name, responseTime: value, responseLength: 0 });
}

/** Starts shared out evenly over the users of one thread. */
let nextStartMs = 0;

export class LlmUser extends HttpUser {
  override waitTime() {
    const { qps } = this.environment.parsedOptions as { qps: number | null };
    if (qps === null) return constantPacing(0.02).call(this);
    const now = performance.now();
    nextStartMs = Math.max(now, nextStartMs + 1000 / qps);
    return (nextStartMs - now) / 1000;
  }

  override onStart() {
    this.client.headers.set("authorization", "Bearer none");
  }

  @task async generate() {
    const { maxTokens, model } = this.environment.parsedOptions as { maxTokens: number; model: string };
    const startedMs = performance.now();
    let firstMs: number | undefined;
    let tokens = 0;
    using res = await this.client.get("/feed", {
      params: { lines: maxTokens, ms: 1 },
      name: `generate with ${model}`,
      stream: true,
      catchResponse: true,
    });
    for await (const line of res.lines()) {
      firstMs ??= performance.now() - startedMs;
      if ((JSON.parse(line) as { change: number }).change === ++tokens) continue;
      return res.failure("a token is missing");
    }
    res.success();
    metric("time to first token", firstMs ?? 0);
    metric("tokens", tokens);
  }
}

events.quitting.addListener(({ environment }) => {
  if (environment.runner.role !== "master") return;
  const tokens = environment.stats.get("tokens", "METRIC");
  console.log(`REPORT ${tokens.numRequests} answers of ${tokens.avgResponseTime} tokens`);
});
