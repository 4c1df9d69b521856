import { ours, say } from "../../base/sentence.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { isJudged, shownPercentile } from "../../stats/summary.ts";
import { reason } from "../reasons.ts";
import type { Reason } from "../verdict.ts";
import { isContended, isOwnDoing } from "./contention.ts";
import { goneOf } from "./target-gone.ts";

/** Of a thread's time: an event loop this busy answers late. */
export const busiest = 0.9;
const smallestDelayMs = 5;
/** Of the median latency: a generator this late bends what it measures. */
const delayShare = 0.25;
/** Of the iterations due in a block. */
const lateShare = 0.01;
/** Of the judged blocks. */
const saturatedShare = 0.2;

export interface Strain {
  /** Judged blocks with health readings, and those of them over a limit by the generator's own doing. */
  readonly blocks: number;
  readonly saturated: number;
  /** Blocks in which the event loop was late though the generator had little to do: now and then, and mostly. */
  readonly delayed: number;
  readonly bent: number;
  /** Of the delayed ones, those in which others are known to have had the cores. */
  readonly contended: number;
  readonly delayLimitMs: number;
  readonly worstDelayMs: number;
  readonly worstUtilization: number;
  readonly lateStarts: number;
}

/** What of a run its strain is read from. */
export interface Strained {
  readonly blocks: readonly Block[];
  /** Iterations due per second in the open model. */
  readonly arrivalRate: number | null;
  /** Of all requests; the base's where there is one, as it is not what is under test. */
  readonly medianMs: number;
  /** Of the machine; 0 where it is not known. */
  readonly cores?: number | undefined;
}

function strainedOf({ blocks, summary, meta }: RunResult): Strained {
  const row = summary.totals.find(({ arm }) => arm === "base") ?? summary.totals[0];
  const medianMs = row ? (shownPercentile(row, 0.5) ?? 0) : 0;
  return { blocks, medianMs, arrivalRate: meta.profile.arrivalRate, cores: meta.machine.cores };
}

/** How the load generator fared: over its limits in which share of the blocks (docs/verdict.md#invalid-runs). */
export function strainOf(result: RunResult): Strain {
  return strain(strainedOf(result));
}

function strain({ blocks, arrivalRate, medianMs, cores = 0 }: Strained): Strain {
  const delayLimitMs = Math.max(smallestDelayMs, delayShare * medianMs);
  const lateLimit = arrivalRate === null ? Infinity : Math.max(1, (lateShare * arrivalRate * blockMs) / 1000);
  const read = blocks.filter((block) => isJudged(block) && block.health.threads.length > 0);
  const threads = read.flatMap((block) => block.health.threads);
  const limits = { delayLimitMs, lateLimit, cores };
  const delayed = read.filter((block) => isDelayed(block, limits));
  return {
    blocks: read.length,
    saturated: read.filter((block) => isSaturated(block, limits)).length,
    delayed: delayed.length,
    bent: delayed.filter((block) => isBent(block, limits)).length,
    contended: delayed.filter(({ health }) => isContended(health.machine, limits)).length,
    delayLimitMs,
    worstDelayMs: threads.reduce((worst, { delayP99Ms }) => Math.max(worst, delayP99Ms), 0),
    worstUtilization: threads.reduce((worst, { utilization }) => Math.max(worst, utilization), 0),
    lateStarts: threads.reduce((sum, { lateStarts }) => sum + lateStarts, 0),
  };
}

interface Limits {
  readonly delayLimitMs: number;
  readonly lateLimit: number;
  readonly cores: number;
}

/** Over a limit, and the generator's own doing. */
function isSaturated({ health }: Block, { delayLimitMs, lateLimit, cores }: Limits): boolean {
  const late = health.threads.reduce((sum, thread) => sum + thread.lateStarts, 0);
  const contended = isContended(health.machine, { cores });
  return (
    late > lateLimit ||
    health.threads.some(
      (thread) =>
        thread.utilization > busiest || (thread.delayP99Ms > delayLimitMs && isOwnDoing(thread, { contended })),
    )
  );
}

/** Late, and not the generator's own doing. */
function isDelayed(block: Block, limits: Limits): boolean {
  return !isSaturated(block, limits) && block.health.threads.some(({ delayP99Ms }) => delayP99Ms > limits.delayLimitMs);
}

/**
 * So late, so often, that what is judged is not the target's: one turn of the loop in a hundred leaves medians and p95
 * alone, one in ten does not. Older documents say only the one in a hundred.
 */
function isBent({ health }: Block, { delayLimitMs }: Limits): boolean {
  return health.threads.some(({ delayP90Ms, delayP99Ms }) => (delayP90Ms ?? delayP99Ms) > delayLimitMs);
}

/**
 * Whether the generator itself was too busy, late starts aside: in the open model iterations start late, too, when
 * every user waits for a slow target.
 */
export function isBusy(result: RunResult): boolean {
  return isOverLimits(strain({ ...strainedOf(result), arrivalRate: null }));
}

/**
 * Whether a run that goes on is saturated whatever comes: were every block still to come free of strain, until no more
 * may be judged, more than a fifth of all would still have it. The median that the limit of delays is a share of moves,
 * so a delay counts only from twice the limit on.
 */
export function isSaturatedForGood(run: Strained, { limitMs }: { limitMs: number }): boolean {
  // Whether late starts are the target's doing is seen when it is judged.
  const { saturated } = strain({
    ...run,
    arrivalRate: null,
    medianMs: 2 * Math.max(run.medianMs, smallestDelayMs / delayShare),
  });
  return saturated > (saturatedShare * limitMs) / blockMs;
}

function isOverLimits({ saturated, blocks }: Strain): boolean {
  return saturated > saturatedShare * blocks;
}

export function saturation(result: RunResult): Reason | null {
  const strain = strainOf(result);
  if (!isOverLimits(strain)) return null;
  const share = Math.round((100 * strain.saturated) / strain.blocks);
  if (!isBusy(result)) return isTargetsDoing(result) ? null : tooFewUsers(result, { share, strain });
  const late = strain.lateStarts === 0 ? "" : `, ${strain.lateStarts} iterations started late`;
  return reason(
    "saturated",
    ours(
      `The load generator was saturated in ${share} % of the run (${strain.saturated} of ${strain.blocks} blocks): ` +
        `event loop late by up to ${round1(strain.worstDelayMs)} ms (limit ${round1(strain.delayLimitMs)} ms), ` +
        `busy up to ${Math.round(100 * strain.worstUtilization)} % (limit 90 %)${late}. ` +
        "The latencies are its own as much as the target's.",
    ),
    say`Use fewer users or a lower rate, more \`threads\`, a larger runner, or several shards.`,
  );
}

/** Nobody is free where nobody is answered. */
function isTargetsDoing(result: RunResult): boolean {
  const { head, base } = goneOf(result);
  return head !== null || base !== null || suffice(result);
}

/** Requests that say what is usual. */
const fewestUsual = 20;
/** Of the users, busy at the usual pace: more leave nothing for the unevenness of arrivals. */
const mostBusy = 0.8;

/**
 * Whether there were users enough for the schedule as long as the target answered at its usual pace, so that late starts
 * are its doing: their latencies count from the schedule and say so. What is usual is seen in blocks without late starts.
 */
export function suffice({ blocks, trouble }: RunResult): boolean {
  let requests = 0;
  let busyMs = 0;
  let usual = 0;
  for (const { cells, health } of blocks) {
    const stats = [...cells.values()];
    const isUsual =
      health.threads.length > 0 &&
      health.threads.every(({ lateStarts }) => lateStarts === 0) &&
      stats.some(({ requests }) => requests > 0) &&
      stats.every(({ backFilled, timeout }) => backFilled === undefined && timeout.count === 0);
    if (!isUsual) continue;
    usual++;
    for (const cell of stats) {
      requests += cell.requests;
      busyMs += cell.latencySumMs;
    }
  }
  if (requests < fewestUsual) return false;
  const arms = blocks.some(({ cells }) => cells.keys().some((key) => key.startsWith("base\u0000"))) ? 2 : 1;
  // Little's law: on average so many requests were in flight.
  return busyMs / (usual * blockMs) <= mostBusy * arms * trouble.peakUsers;
}

/** The generator was at ease, yet nobody was free to begin what was due. */
function tooFewUsers(
  { meta, trouble, summary }: RunResult,
  { share, strain }: { readonly share: number; readonly strain: Strain },
): Reason {
  const { arrivalRate } = meta.profile;
  const took = summary.totals[0]?.avgMs ?? null;
  const time = took === null ? "" : `, at ${round1(took)} ms a request on average`;
  return reason(
    "saturated",
    ours(
      `The generator could not keep the schedule in ${share} % of the run (${strain.saturated} of ${strain.blocks} blocks): ` +
        `${strain.lateStarts} iterations started late, since all ${trouble.peakUsers} users were still busy; ` +
        `${arrivalRate} iterations/s need more of them${time}. The machine had time to spare.`,
    ),
    say`Raise \`users\` (and \`max-users\`), or lower \`arrival-rate\`.`,
  );
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
