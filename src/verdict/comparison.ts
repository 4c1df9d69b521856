import type { Endpoint } from "../stats/endpoint.ts";

/** What is compared. Stalls, `suite` and `capacity` are about the whole run, so they have no endpoint. */
export type ComparisonMetric = `p${number}` | "errors" | "stalls" | "suite" | "capacity";

/**
 * `regressed`, `improved` and `unchanged` are proven. What could not be told is `inconclusive` where it leaves the run
 * undecided, and otherwise `could-not-tell`, which passes. `missing` is an endpoint that only the past has, and
 * `no-baseline` one that only this run has.
 */
export type ComparisonOutcome =
  | "regressed"
  | "improved"
  | "unchanged"
  | "could-not-tell"
  | "inconclusive"
  | "missing"
  | "no-baseline";

/**
 * Why a comparison is set apart from the verdict: the load can never bring the requests it needs, or the change is past
 * the tolerance but smaller than the minimum effect.
 */
export type NotJudged = "too-few-requests" | "min-effect";

/** Whether it looked worse once, and no second pass agreed: a warning of its own kind. */
export function isSeenOnce({ outcome, warnings }: { outcome: string; warnings: readonly string[] }): boolean {
  return outcome === "inconclusive" && warnings.some((warning) => warning.startsWith("seen once"));
}

/** How a comparison was made; the comment names it. */
export type ComparisonMethod = "side-by-side" | "baseline" | "simple-percentage";

/**
 * How sure each interval is, alone. The verdict's confidence is that of all comparisons together, so the two need not
 * agree at the edge.
 */
export const intervalConfidence = 0.95;

/** One endpoint's metric before and after. Latencies in milliseconds, errors as ratios (0–1). */
export interface Comparison {
  readonly endpoint: Endpoint | null;
  readonly metric: ComparisonMetric;
  readonly method: ComparisonMethod;
  readonly before: number | null;
  readonly after: number | null;
  /**
   * Relative change for latencies (0.38 is 38 % slower) and capacities (−0.38 is 38 % less), difference in percentage
   * points as a ratio for errors.
   * `low` and `high` bound it; null where the method gives no interval.
   */
  readonly change: { readonly estimate: number; readonly low: number | null; readonly high: number | null } | null;
  /** Probability of a difference this large without a regression; null where the method gives none. */
  readonly p: number | null;
  /** Requests on both sides together. */
  readonly n: number;
  /** The rule it was judged by: changes within the tolerance are not regressions. */
  readonly tolerance: number;
  /** The smallest change this measurement would have found in nine of ten cases; same unit as `change`. */
  readonly smallestDetectable: number | null;
  readonly outcome: ComparisonOutcome;
  /** Set where the verdict is about the others; the outcome is `could-not-tell` then. */
  readonly notJudged?: NotJudged | undefined;
  /** A regression seen and then waived by the configuration, with its reason. */
  readonly waived?: { readonly until: string; readonly reason: string } | undefined;
  readonly warnings: readonly string[];
  /** Sentences that say where the time went, if the phases tell. */
  readonly explanation: readonly string[];
}
