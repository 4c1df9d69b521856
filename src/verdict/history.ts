import type { BaselineRecord, RecordedEndpoint } from "../baseline/baseline.ts";

/** One endpoint of one run, as comparison sees it. */
export type PastEndpoint = Pick<RecordedEndpoint, "endpoint" | "requests" | "failures" | "latencies">;

/** One run as comparison sees it: a stored one, or the new one. */
export interface PastRun extends Pick<BaselineRecord, "startedAt"> {
  readonly endpoints: readonly PastEndpoint[];
}
