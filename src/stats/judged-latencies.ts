import type { EndpointStats } from "./endpoint-stats.ts";
import type { Histogram } from "./histogram.ts";
import { percentileMs } from "./summary.ts";

/** Latencies as promises read them. Milliseconds. */
export interface JudgedLatencies {
  readonly count: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly sumMs: number;
  /** By ratio, 0 to 1; NaN while there is none. */
  readonly percentileMs: (ratio: number) => number;
}

/** Exact ends and sums where what is judged is what was measured; else from the bins, wrong by 0.1 % at most. */
export function judgedLatencies(stats: EndpointStats): JudgedLatencies {
  const { judged } = stats;
  if (!stats.isCorrected) return exact(stats, judged);
  return {
    count: judged.count,
    minMs: judged.quantile(0),
    maxMs: judged.quantile(1),
    sumMs: judged.sumMs,
    percentileMs: (ratio) => judged.quantile(ratio),
  };
}

/** The same of all that was measured, as it is shown. */
export function rawLatencies(stats: EndpointStats): JudgedLatencies {
  return exact(stats, stats.latencies);
}

function exact(stats: EndpointStats, latencies: Histogram): JudgedLatencies {
  return {
    count: latencies.count,
    minMs: stats.minMs,
    maxMs: stats.maxMs,
    sumMs: stats.latencySumMs,
    percentileMs: (ratio) => percentileMs(stats, ratio, latencies) ?? Number.NaN,
  };
}
