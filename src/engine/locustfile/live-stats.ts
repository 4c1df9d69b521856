import { type Endpoint, parseCellKey } from "../../stats/endpoint.ts";
import { EndpointStats } from "../../stats/endpoint-stats.ts";
import { blockMs, type Snapshot } from "../../stats/snapshot.ts";
import { percentileMs } from "../../stats/summary.ts";
import type { Stats, StatsView } from "../../user/events/environment.ts";

/** `environment.stats`: what was measured so far, the head's side of it. Blocks that closed; up to half a second old. */
export class LiveStats implements Stats {
  readonly #rows = new Map<string, EndpointStats>();
  #total = new EndpointStats();
  #firstBlock = Number.POSITIVE_INFINITY;
  #lastBlock = -1;

  add(snapshot: Snapshot): void {
    this.#firstBlock = Math.min(this.#firstBlock, snapshot.block);
    this.#lastBlock = Math.max(this.#lastBlock, snapshot.block);
    for (const [key, stats] of snapshot.cells) {
      const { arm, endpoint } = parseCellKey(key);
      if (arm !== "head") continue;
      const name = rowKey(endpoint);
      const row = this.#rows.get(name) ?? new EndpointStats();
      this.#rows.set(name, row.merge(stats));
      this.#total.merge(stats);
    }
  }

  /** Forgets everything: the ramp is over and was not to count. */
  reset(): void {
    this.#rows.clear();
    this.#total = new EndpointStats();
    this.#firstBlock = Number.POSITIVE_INFINITY;
  }

  get total(): StatsView {
    return viewOf(this.#total, this.#seconds);
  }

  get(name: string, method: string): StatsView {
    return viewOf(this.#rows.get(rowKey({ name, method })) ?? new EndpointStats(), this.#seconds);
  }

  get #seconds(): number {
    return Number.isFinite(this.#firstBlock) ? ((this.#lastBlock - this.#firstBlock + 1) * blockMs) / 1000 : 0;
  }
}

function rowKey({ method, name }: Endpoint): string {
  return `${method}\u0000${name}`;
}

function viewOf(stats: EndpointStats, seconds: number): StatsView {
  const { requests, failures } = stats;
  const latencies = stats.latencies;
  const percentile = (ratio: number) => percentileMs(stats, ratio, latencies) ?? 0;
  return {
    numRequests: requests,
    numFailures: failures,
    failRatio: requests === 0 ? 0 : failures / requests,
    avgResponseTime: latencies.count === 0 ? 0 : stats.latencySumMs / latencies.count,
    minResponseTime: latencies.count === 0 ? 0 : stats.minMs,
    maxResponseTime: stats.maxMs,
    medianResponseTime: percentile(0.5),
    totalRps: seconds === 0 ? 0 : requests / seconds,
    getResponseTimePercentile: percentile,
  };
}
