import type { BaselineRecord, RecordedEndpoint } from "../../baseline/baseline.ts";
import type { Histogram } from "../../stats/histogram.ts";

/** One endpoint of one run, as comparison sees it. */
export interface PastEndpoint extends Pick<RecordedEndpoint, "endpoint" | "requests" | "failures" | "passes"> {
  readonly latencies: Pick<Histogram, "count" | "quantile">;
}

/** One run as comparison sees it: a stored one, or the new one. */
export interface PastRun extends Pick<BaselineRecord, "startedAt" | "passes"> {
  /** What it was measured on; runs without one are taken to share theirs. */
  readonly machine?: BaselineRecord["machine"] | undefined;
  readonly endpoints: readonly PastEndpoint[];
}
