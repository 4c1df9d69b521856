// A target whose delays are known, because it makes them and writes down how long each answer took. Child process:
// `fork`ed with a `Behaviour` as its argument, says its port, answers "log" with what it saw since the last time.
import { createServer } from "node:http";
import { Random } from "../../src/base/random.ts";
import { Histogram } from "../../src/stats/histogram.ts";

/** `constant` 20 ms; `bimodal` 10 ms, three in ten 40 ms; `slow` 20 ms, one in a hundred 200 ms; `stall` see there. */
export type Behaviour = "constant" | "bimodal" | "slow" | "stall";

/** What the target saw. */
export interface TargetLog {
  readonly requests: number;
  /** From the whole request read to the answer handed to the socket, ms. */
  readonly percentiles: Readonly<Record<string, number>>;
}

export const shown = [0.5, 0.9, 0.99, 0.995];

/** When `stall` stands still, counted from the first request, and for how long; 5 ms otherwise. */
export const stall = { afterMs: 4000, forMs: 1000, usualMs: 5 };

if (import.meta.main) serve(process.argv[2] as Behaviour);

function serve(behaviour: Behaviour): void {
  const random = Random.from("known-target");
  let log = new Histogram();
  let firstMs = Number.NaN;
  const delayMs = (): number => {
    if (behaviour === "constant") return 20;
    if (behaviour === "bimodal") return random.float() < 0.3 ? 40 : 10;
    if (behaviour === "slow") return random.float() < 0.01 ? 200 : 20;
    if (Number.isNaN(firstMs)) firstMs = performance.now();
    const sinceMs = performance.now() - firstMs - stall.afterMs;
    const stalls = sinceMs >= 0 && sinceMs < stall.forMs;
    return stall.usualMs + (stalls ? stall.forMs - sinceMs : 0);
  };
  const server = createServer((_, response) => {
    const beganMs = performance.now();
    setTimeout(() => {
      response.end("hello");
      log.record(performance.now() - beganMs);
    }, delayMs());
  });
  server.keepAliveTimeout = 600_000;
  server.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () => {
    process.send?.((server.address() as { port: number }).port);
  });
  process.on("message", () => {
    const percentiles = Object.fromEntries(shown.map((ratio) => [ratio, log.quantile(ratio)]));
    process.send?.({ requests: log.count, percentiles } satisfies TargetLog);
    log = new Histogram();
    firstMs = Number.NaN;
  });
  process.on("disconnect", () => process.exit());
}
