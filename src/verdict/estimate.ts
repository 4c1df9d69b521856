import type { Histogram } from "../stats/histogram.ts";

export interface QuantileEstimate {
  readonly valueMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

/**
 * A percentile with its interval from order statistics: the rank of the true percentile among n values is binomial,
 * so the values at ranks n·p ± z·√(n·p·(1−p)) bound it whatever the distribution. Requests are taken as independent,
 * which within one run they are not quite: the interval is for showing, not for comparing runs.
 * @param z the normal quantile, 1.959964 for 95 %
 */
export function quantileEstimate(latencies: Histogram, ratio: number, z = 1.959964): QuantileEstimate | null {
  const n = latencies.count;
  if (n === 0) return null;
  const half = (z * Math.sqrt(n * ratio * (1 - ratio)) + 0.5) / n;
  return {
    valueMs: latencies.quantile(ratio),
    lowMs: latencies.quantile(Math.max(0, ratio - half)),
    highMs: latencies.quantile(Math.min(1, ratio + half)),
  };
}
