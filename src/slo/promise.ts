import type { Authored } from "../base/sentence.ts";
import type { Endpoint } from "../stats/endpoint.ts";

/** What became of one promise. `no-data` is a broken promise unless the threshold says `optional`. */
export type ThresholdOutcome = "pass" | "warn" | "fail" | "no-data" | "undecided";

/** A threshold held against a run. */
export interface ThresholdResult extends Authored {
  /** The threshold as `print` writes it. */
  readonly source: string;
  /** Where it was written: `slo:2` (line of the input) or `.github/swarmgate.yml:9:5`. */
  readonly place: string | null;
  /** The endpoint it was judged on; null for the total. */
  readonly endpoint: Endpoint | null;
  /** Its metric, as written: `p95`, `errors`, `apdex(300ms)`. */
  readonly metric: string;
  readonly unit: "ms" | "ratio" | "count" | "perSecond" | "score";
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly expected: number;
  /** Null where there was nothing to measure. */
  readonly actual: number | null;
  /** The interval of the actual value where it has one (percentiles: order statistics, 95 %). */
  readonly interval: readonly [low: number, high: number] | null;
  /** Requests behind the number. */
  readonly n: number;
  readonly outcome: ThresholdOutcome;
  /** One sentence for people. */
  readonly message: string;
}
