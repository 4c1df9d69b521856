import type { Arm, Endpoint } from "./endpoint.ts";
import type { Failure } from "./failures.ts";

/** Where the time of one request went, in milliseconds; what did not happen (a kept-alive connect, say) is absent. */
export interface Phases {
  /** From the wish to send until a connection was free or being made. */
  readonly blocked?: number;
  readonly dns?: number;
  readonly connect?: number;
  readonly tls?: number;
  /** From the request written to the first byte of the answer's head. */
  readonly firstByte?: number;
  /** From there to the last byte of the body. */
  readonly download?: number;
}

export const phaseNames = ["blocked", "dns", "connect", "tls", "firstByte", "download"] as const;

/**
 * One measured request: the record at the waist. Whatever can make one can use the rest of the program. Times are
 * milliseconds on the run's clock, lengths bytes.
 * @example
 * ```ts
 * import type { Sample } from "swarmgate";
 *
 * function isSlow({ latencyMs }: Sample): boolean {
 *   return latencyMs !== null && latencyMs > 300;
 * }
 * ```
 */
export interface Sample {
  /** The version it went to. */
  readonly arm: Arm;
  /** What it is counted under. */
  readonly endpoint: Endpoint;
  /** When it should have started, on the run's Clock; equals `startMs` where nothing was scheduled. */
  readonly intendedMs: number;
  /** When it did start, on the run's Clock. */
  readonly startMs: number;
  /**
   * From the intended start to the last byte or the failure; 0 or more. `null` where the caller fired an event
   * without a response time: it counts as a request and is left out of the timing.
   */
  readonly latencyMs: number | null;
  /** The answer's status; 0 where none came. */
  readonly status: number;
  /** Length of the decoded body. */
  readonly bytesIn: number;
  /** Length of the body that was sent. */
  readonly bytesOut: number;
  /** Where the time went, by phase. */
  readonly phases?: Phases | undefined;
  /** Metrics of the answer's `Server-Timing` header that carry a duration, in milliseconds. */
  readonly serverTiming?: readonly (readonly [name: string, durationMs: number])[] | undefined;
  /** Why it counts as failed; absent from a success. */
  readonly failure?: Failure | undefined;
  /** It was sent twice, as the server closed the kept connection under the first; latency counts from the first. */
  readonly retried?: boolean | undefined;
  /** The locustfile measured it itself and fired it; no client of ours sent it. */
  readonly fired?: boolean | undefined;
}

/** Takes samples, one call per request. The recorder is one; a test's array can be another. */
export interface SampleSink {
  record(sample: Sample): void;
}
