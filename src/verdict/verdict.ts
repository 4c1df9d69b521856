import type { ThresholdResult } from "../slo/promise.ts";
import type { Comparison } from "./comparison.ts";
import type { Conclusion, Reason } from "./reasons.ts";

export type { Conclusion, Reason };

/** A value; whoever prints it decides nothing. */
export interface Verdict {
  readonly conclusion: Conclusion;
  /** In order of weight; the first is the headline's. */
  readonly reasons: readonly Reason[];
  readonly thresholds: readonly ThresholdResult[];
  readonly comparisons: readonly Comparison[];
}
