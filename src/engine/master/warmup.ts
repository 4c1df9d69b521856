import type { EndpointStats } from "../../stats/endpoint-stats.ts";
import { blockMs, type Snapshot } from "../../stats/snapshot.ts";
import type { WarmupPlan } from "../plan/load-plan.ts";

/** What `auto` waits for at least, and never longer than (docs/statistics.md#the-warm-up). */
const leastMs = 5000;
const leastRequests = 100;
const mostMs = 30_000;
const mostShare = 0.25;
/** How long a warm-up that is found by rule can be, of a run of this length; null for one without a run time. */
export function longestWarmupMs(runTimeMs: number | null): number {
  return runTimeMs === null ? mostMs : Math.min(mostMs, runTimeMs * mostShare);
}

const secondBlocks = 1000 / blockMs;

/**
 * How many of `blocks` (those after the ramp, in order) are warm-up. A fixed duration is taken as it is. `auto` waits
 * for 5 s and for 100 requests of every endpoint and arm, then lets MSER-5 move the cut further on; never more than
 * 30 s or a quarter of the run. Looks at both arms together, so that it cannot favour one.
 */
export function warmupBlocks(blocks: readonly Snapshot[], plan: WarmupPlan): number {
  if (plan !== "auto") return Math.min(blocks.length, Math.ceil(plan.ms / blockMs));
  const most = Math.min(mostMs / blockMs, Math.floor(blocks.length * mostShare));
  const settled = settledAfter(blocks, most);
  return Math.min(most, Math.max(settled, mser5(pooledLogMedians(blocks)) * secondBlocks));
}

/** Blocks until both 5 s and 100 requests of each endpoint and arm are over; `most` if that never comes. */
function settledAfter(blocks: readonly Snapshot[], most: number): number {
  const wanted = new Set(blocks.flatMap((block) => [...block.cells.keys()]));
  const seen = new Map<string, number>();
  for (let count = 0; count < most; count++) {
    if (wanted.size === 0 && count * blockMs >= leastMs) return count;
    for (const [key, { requests }] of blocks[count]?.cells ?? []) {
      const sum = (seen.get(key) ?? 0) + requests;
      seen.set(key, sum);
      if (sum >= leastRequests) wanted.delete(key);
    }
  }
  return most;
}

/** Of each whole second the logarithm of the median latency, all endpoints and both arms together. */
export function pooledLogMedians(blocks: readonly Snapshot[]): number[] {
  const medians: number[] = [];
  let last = 0;
  for (let from = 0; from + secondBlocks <= blocks.length; from += secondBlocks) {
    const cells = blocks.slice(from, from + secondBlocks).flatMap((block) => [...block.cells.values()]);
    const median = medianMs(cells);
    // A second without an answer says nothing new.
    last = median === undefined ? last : Math.log(Math.max(median, 0.001));
    medians.push(last);
  }
  return medians;
}

function medianMs(cells: readonly EndpointStats[]): number | undefined {
  const first = cells[0];
  if (!first) return undefined;
  const all = first.comparable;
  for (const cell of cells.slice(1)) all.merge(cell.success).merge(cell.timeout);
  return all.count === 0 ? undefined : all.quantile(0.5);
}

/**
 * MSER-5 (White 1997): of all cuts on batches of five, the one whose remainder has the smallest standard error. At
 * most half of the series is cut, for the error of a short remainder is small by chance. Returns values to leave out.
 */
export function mser5(series: readonly number[]): number {
  const batches: number[] = [];
  for (let i = 0; i + 5 <= series.length; i += 5) {
    batches.push(series.slice(i, i + 5).reduce((a, b) => a + b, 0) / 5);
  }
  let best = { cut: 0, error: Number.POSITIVE_INFINITY };
  for (let cut = 0; cut <= batches.length / 2; cut++) {
    const rest = batches.slice(cut);
    const mean = rest.reduce((a, b) => a + b, 0) / rest.length;
    const squares = rest.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const error = squares / rest.length ** 2;
    if (error < best.error) best = { cut, error };
  }
  return best.cut * 5;
}
