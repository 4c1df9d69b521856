import type { ThresholdResult } from "../slo/promise.ts";
import type { Comparison } from "./comparison.ts";

export type Conclusion = "pass" | "fail" | "inconclusive" | "invalid";

/** Why the verdict is what it is. */
export interface Reason {
  /**
   * Stable: `zero-requests`, `users-dead`, `users-not-reached`, `saturated`, `machine-busy`, `cores-shared`, `blocked`, `throttled`, `target-gone`,
   * `uncaught-exceptions`, `forbidden-host`, `missing-await`, `interrupted`, `slo`, `regression`, `inconclusive`, `no-baseline`, `improved`,
   * `no-target`, `exit-code`, `missing-endpoints`, `could-not-tell`,
   * `too-few-requests`, `min-effect`, `no-base`, `service-died`.
   */
  readonly code: string;
  /** What was seen, with the numbers. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string | undefined;
}

/** A value; whoever prints it decides nothing. */
export interface Verdict {
  readonly conclusion: Conclusion;
  /** In order of weight; the first is the headline's. */
  readonly reasons: readonly Reason[];
  readonly thresholds: readonly ThresholdResult[];
  readonly comparisons: readonly Comparison[];
}
