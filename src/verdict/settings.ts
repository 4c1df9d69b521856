import type { ComparisonMetric } from "./comparison.ts";

/** How changes are judged; every number a user can set (docs/inputs.md#how-to-judge). */
export interface CompareSettings {
  readonly metrics: readonly ComparisonMetric[];
  /** Relative change of a latency that is still no regression, 0.10 is 10 %. p50 is given half of it. */
  readonly tolerance: number;
  /** Tolerances of single percentiles, where the configuration names them; they win over `tolerance`. */
  readonly tolerances: Readonly<Partial<Record<ComparisonMetric, number>>>;
  /** A latency change smaller than this is never a regression. */
  readonly minEffectMs: number;
  /** Difference of error rates that is still no regression: 0.005 is half a percentage point. */
  readonly errorTolerance: number;
  /** Of the whole pull request, all comparisons together: 0.99 allows one false alarm in a hundred. */
  readonly confidence: number;
  /** The arms had turns of a second, so a pair of turns is the least that can be compared. */
  readonly alternates?: boolean | undefined;
}

export const defaultCompareSettings: CompareSettings = {
  metrics: ["p50", "p95", "errors", "stalls"],
  tolerance: 0.1,
  tolerances: {},
  minEffectMs: 1,
  errorTolerance: 0.005,
  confidence: 0.99,
};

/** Of the chance of error, where throughput is judged as well. */
const throughputShare = 0.1;

/** The chance of a false alarm that is left for everything but throughput. */
export function alphaOf({ confidence, metrics }: CompareSettings): number {
  return (1 - confidence) * (metrics.includes("throughput") ? 1 - throughputShare : 1);
}

/** The chance of a false alarm of throughput. */
export function throughputAlpha({ confidence }: CompareSettings): number {
  return (1 - confidence) * throughputShare;
}

/** The tolerance a metric is judged by: a relative change, or for errors a difference of ratios. */
export function toleranceOf(settings: CompareSettings, metric: ComparisonMetric): number {
  const named = settings.tolerances[metric];
  if (named !== undefined) return named;
  if (metric === "errors") return settings.errorTolerance;
  return metric === "p50" ? settings.tolerance / 2 : settings.tolerance;
}

/** The ratio behind a percentile's name, 0.95 for `p95`; null for a metric that is no percentile. */
export function percentileOf(metric: ComparisonMetric): number | null {
  const digits = /^p(\d+(?:\.\d+)?)$/.exec(metric)?.[1];
  return digits === undefined ? null : Number(digits) / 100;
}
