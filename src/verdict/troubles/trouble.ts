import type { Endpoint } from "../../stats/endpoint.ts";

/**
 * Something a run did as it went on, which no number over the whole of it shows. True of the run whatever it is compared
 * with, so it never decides a verdict. Moments count from the run's start; `endpoint` is null where it is no single one's.
 */
export type Trouble =
  /** The target stood still `count` times for about `lastedMs`; every `everyMs` where that is regular. */
  | {
      readonly kind: "pauses";
      readonly endpoint: Endpoint | null;
      readonly count: number;
      readonly everyMs: number | null;
      readonly lastedMs: number;
      /** When they began, the first few. */
      readonly atMs: readonly number[];
    }
  /** The median grew from `fromMs` to `toMs`; of `endpoints` endpoints, where that is more than one. */
  | {
      readonly kind: "slowing-down";
      readonly endpoint: Endpoint | null;
      readonly perMinuteMs: number;
      readonly fromMs: number;
      readonly toMs: number;
      readonly endpoints: number;
    }
  /** For `lastedMs` answers took up to `factor` times as long as later. */
  | {
      readonly kind: "cold-start";
      readonly endpoint: Endpoint | null;
      readonly factor: number;
      readonly lastedMs: number;
    }
  /** `count` of all `of` failures, those of `endpoints` endpoints, fell within `lastedMs` from `atMs` on. */
  | {
      readonly kind: "error-burst";
      readonly endpoint: Endpoint | null;
      readonly count: number;
      readonly of: number;
      readonly endpoints: number;
      readonly lastedMs: number;
      readonly atMs: number;
    };
