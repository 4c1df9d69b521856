import type { Endpoint } from "../stats/endpoint.ts";
import type { Histogram } from "../stats/histogram.ts";

/** One endpoint of one run, reduced to what comparison needs. */
export interface PastEndpoint {
  readonly endpoint: Endpoint;
  readonly requests: number;
  readonly failures: number;
  /** Successes and timeouts (SPEC 13.5); any number of digits. */
  readonly latencies: Histogram;
}

/** One run as comparison sees it: a stored one, or the new one. */
export interface PastRun {
  readonly commit: string | null;
  readonly startedAt: string;
  /** Processor, cores and system in one text; equal for machines of the same kind. */
  readonly machine: string;
  /** The load profile in one text; runs of other profiles are not compared. */
  readonly profile: string;
  readonly locustfileHash: string;
  readonly measurement: number;
  readonly pinned: boolean;
  readonly endpoints: readonly PastEndpoint[];
}
