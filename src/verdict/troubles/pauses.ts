import { blockMs } from "../../stats/snapshot.ts";
import { Counts } from "../statistics/counts.ts";
import { median } from "../statistics/screen.ts";
import { slowFactor } from "../statistics/stall-test.ts";
import type { JudgedTime } from "./judged-time.ts";
import type { Trouble } from "./trouble.ts";

/** Of the requests of a half second, slow enough to call it a pause. */
const pausedShare = 0.2;
const fewestRequests = 5;
/** Half seconds between two that still belong to one pause. */
const gap = 2;
const fewestPauses = 3;
/** Of the judged time; more is no pause but how the target is. */
const mostShare = 0.3;
/** How far from the median interval one may be, relatively, and how many of them must not be. */
const regular = 0.2;
const regularShare = 0.7;
const shortestPeriodMs = 3000;

/** A target that stands still again and again: garbage collection, a job on a timer, a lock. */
export function pauses(time: JudgedTime): Trouble | null {
  const paused = pausedBlocks(time);
  if (paused.length > mostShare * time.atMs.length) return null;
  // Where a run has several passes each begins with new users on new connections, which is no pause of the target.
  const begins = time.passes.length > 1 ? time.passes.map(({ from }) => from) : [];
  const groups = grouped(paused, begins).filter(([first = 0]) => !begins.some((at) => first >= at && first - at < gap));
  if (groups.length < fewestPauses) return null;
  const starts = groups.map(([first = 0]) => time.atMs[first] as number);
  const lengths = groups.map((group) => Math.max(...group.map((index) => longest(time, index))));
  return {
    kind: "pauses",
    endpoint: null,
    count: groups.length,
    everyMs: periodOf(starts),
    lastedMs: median(lengths),
    atMs: starts.slice(0, 4),
  };
}

/** Half seconds that follow one another, none of them on both sides of the beginning of a pass. */
function grouped(paused: readonly number[], begins: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const index of paused) {
    const before = groups.at(-1)?.at(-1);
    const isApart = before === undefined || begins.some((at) => before < at && at <= index);
    if (isApart || index - before > gap) groups.push([index]);
    else groups.at(-1)?.push(index);
  }
  return groups;
}

/** Half seconds in which many requests of all endpoints took far longer than usual. */
function pausedBlocks({ courses, atMs }: JudgedTime): number[] {
  const limits = courses.map(
    ({ steps }) => slowFactor * Counts.sum(steps.flatMap((step) => step?.latencies ?? [])).quantile(0.75),
  );
  return atMs.flatMap((_, index) => {
    let requests = 0;
    let slow = 0;
    for (const [i, { steps }] of courses.entries()) {
      const step = steps[index];
      if (!step || step.latencies.total === 0) continue;
      requests += step.latencies.total;
      slow += step.latencies.above(limits[i] as number);
    }
    return requests >= fewestRequests && slow >= pausedShare * requests ? [index] : [];
  });
}

function longest({ courses }: JudgedTime, index: number): number {
  return Math.max(0, ...courses.map(({ steps }) => steps[index]?.maxMs ?? 0));
}

/** Milliseconds from one to the next, where they come at even distances; else null. */
function periodOf(starts: readonly number[]): number | null {
  const intervals = starts.slice(1).map((start, i) => start - (starts[i] as number));
  const period = median(intervals);
  const even = intervals.filter((one) => Math.abs(one - period) <= Math.max(regular * period, blockMs));
  const enough = even.length >= regularShare * intervals.length && (intervals.length > 2 || even.length === 2);
  return enough && period >= shortestPeriodMs ? period : null;
}
