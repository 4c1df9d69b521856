import { blockMs } from "./snapshot.ts";

/** No shorter wait is more than a slow answer. */
export const shortestWaitMs = 3000;
/** Of the 99th percentile: an endpoint that always takes its time is not hanging. */
const usualTimes = 10;
/** Back-filled samples of one block are counted in so many groups at the most. */
const groupsOfBlock = 64;

/** How long a request of an endpoint with this 99th percentile may go without an answer; milliseconds. */
export function waitLimitMs(p99Ms: number): number {
  return Math.max(shortestWaitMs, usualTimes * p99Ms);
}

/** Requests of one endpoint that began together and waited as long. */
export interface Wait {
  /** On any clock. */
  readonly startMs: number;
  readonly waitedMs: number;
  /** From one iteration of the user to the next, at the median. */
  readonly cycleMs: number;
  readonly count: number;
}

/**
 * What the users would have sent meanwhile: one request for each of their cycles, which would have waited for what was
 * left of the wait. The rule of HdrHistogram's corrected copy (Gil Tene, "coordinated omission"), each sample at the
 * moment it would have begun.
 * @param put given when a sample would have begun, how long it would have waited, and how many there are
 */
export function backFill(
  { startMs, waitedMs, cycleMs, count }: Wait,
  put: (sample: { readonly atMs: number; readonly ms: number; readonly count: number }) => void,
): void {
  if (!(cycleMs > 0)) return;
  const missed = Math.floor(waitedMs / cycleMs) - 1;
  // Of a user that asks a thousand times a second a minute's wait would be sixty thousand samples, one by one.
  const stride = Math.max(1, Math.ceil(blockMs / cycleMs / groupsOfBlock));
  for (let first = 1; first <= missed; first += stride) {
    const many = Math.min(stride, missed - first + 1);
    const at = first + (many - 1) / 2;
    put({ atMs: startMs + at * cycleMs, ms: waitedMs - at * cycleMs, count: count * many });
  }
}
