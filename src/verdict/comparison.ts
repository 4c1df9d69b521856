import { type Authored, type Sentence, saidOf } from "../base/sentence.ts";
import type { Endpoint } from "../stats/endpoint.ts";

/** What is compared. Stalls, `suite`, `capacity` and `throughput` are about the whole run, so they have no endpoint. */
export type ComparisonMetric = `p${number}` | "errors" | "stalls" | "suite" | "capacity" | "throughput";

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

/**
 * What became of a regression in the second pass. `missing`: there was none, for want of time or because it could not be
 * judged; `too-few-requests`: it had too few to say.
 */
export const confirmationOutcomes = ["agreed", "disagreed", "too-few-requests", "missing"] as const;
export type ConfirmationOutcome = (typeof confirmationOutcomes)[number];

/** Whether it looked worse once, and no second pass agreed: a warning of its own kind. */
export function isSeenOnce({
  outcome,
  confirmation,
}: {
  outcome: string;
  confirmation?: ConfirmationOutcome | undefined;
}): boolean {
  return outcome === "inconclusive" && confirmation !== undefined && confirmation !== "agreed";
}

/** How a comparison was made; the comment names it. */
export type ComparisonMethod = "side-by-side" | "baseline" | "simple-percentage";

/**
 * How sure each interval is, alone. The verdict's confidence is that of all comparisons together, so the two need not
 * agree at the edge.
 */
export const intervalConfidence = 0.95;

/** One endpoint's metric before and after. Latencies in milliseconds, errors as ratios (0–1). */
export interface Comparison extends Authored {
  readonly endpoint: Endpoint | null;
  readonly metric: ComparisonMetric;
  readonly method: ComparisonMethod;
  readonly before: number | null;
  readonly after: number | null;
  /**
   * Relative change for latencies (0.38 is 38 % slower), capacities and throughputs (−0.38 is 38 % less), difference in percentage
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
  /** Set where it looked worse in the first pass. */
  readonly confirmation?: ConfirmationOutcome | undefined;
  /** No stored run was measured on this machine, so that what looks slower or faster may be the machine. */
  readonly unseenMachine?: boolean | undefined;
  /** Slower as all the others are, where the run as a whole is proven to be: not to blame, and not open either. */
  readonly withTheRest?: boolean | undefined;
  /** What a missing endpoint may be called now. */
  readonly renamedTo?: Endpoint | undefined;
  /** A regression seen and then waived by the configuration, with its reason. */
  readonly waived?: { readonly until: string; readonly reason: string } | undefined;
  readonly warnings: readonly string[];
  /** Sentences that say where the time went, if the phases tell. */
  readonly explanation: readonly string[];
}

/** The same comparison with more to say. */
export function withNotes<T extends Pick<Comparison, "warnings" | "explanation" | "said">>(
  comparison: T,
  { warnings = [], explanation = [] }: { warnings?: readonly Sentence[]; explanation?: readonly Sentence[] },
): T {
  return {
    ...comparison,
    warnings: [...comparison.warnings, ...warnings.map(({ text }) => text)],
    explanation: [...comparison.explanation, ...explanation.map(({ text }) => text)],
    said: [...(comparison.said ?? []), ...saidOf(...warnings, ...explanation)],
  };
}
