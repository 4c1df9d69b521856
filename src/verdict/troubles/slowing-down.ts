import { blockMs } from "../../stats/snapshot.ts";
import { median } from "../statistics/screen.ts";
import { type JudgedTime, type JudgedTimeline, medians } from "./judged-time.ts";
import type { Trouble } from "./trouble.ts";

const parts = 12;
const fewestInPart = 15;
const shortestMs = 30_000;
/** Kendall's tau of the parts against time: chance gives this once in two thousand. */
const steadyTau = 0.75;
/** The same of the parts of one pass among themselves, where there are several: one slower than another is no trend. */
const steadyWithin = 0.5;
/** Growth within the run, of where it began, and in milliseconds. */
const leastGrowth = 0.2;
const leastMs = 1;
const everyShare = 0.8;

interface Trend {
  readonly course: JudgedTimeline;
  readonly perMinuteMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Endpoints that get slower and slower as the run goes on: a leak, a queue that never drains, data that grows. */
export function slowingDown({ courses, atMs, passes }: JudgedTime): Trouble | null {
  const lastedMs = atMs.length * blockMs;
  if (lastedMs < shortestMs) return null;
  const each = Math.floor(parts / passes.length);
  const known = courses.flatMap((course) => {
    const levels = passes.flatMap((stretch) => medians(course, { parts: each, least: fewestInPart, stretch }));
    return levels.some((level) => level === null) ? [] : [{ course, levels: levels as number[] }];
  });
  const trends = known
    .flatMap(({ course, levels }) => trendOf(course, { levels, each, lastedMs }) ?? [])
    .sort((a, b) => b.perMinuteMs - a.perMinuteMs);
  const [worst] = trends;
  if (!worst) return null;
  const all = known.length > 1 && trends.length >= everyShare * known.length;
  const { course, perMinuteMs, fromMs, toMs } = worst;
  const endpoint = all ? null : course.endpoint;
  return { kind: "slowing-down", endpoint, perMinuteMs, fromMs, toMs, endpoints: trends.length };
}

interface Pair {
  readonly rise: number;
  /** Parts between the two. */
  readonly over: number;
  /** Of one pass. */
  readonly within: boolean;
}

function trendOf(
  course: JudgedTimeline,
  { levels, each, lastedMs }: { levels: readonly number[]; each: number; lastedMs: number },
): Trend | null {
  const passOf = (part: number) => Math.floor(part / each);
  const pairs = levels.flatMap((y, j) =>
    levels.slice(0, j).map((x, i): Pair => ({ rise: y - x, over: j - i, within: passOf(i) === passOf(j) })),
  );
  if (tauOf(pairs) < steadyTau || isStep(levels)) return null;
  if (each < levels.length && tauOf(pairs.filter(({ within }) => within)) < steadyWithin) return null;
  const slope = median(pairs.map(({ rise, over }) => rise / over));
  const [first, last] = [levels.slice(0, 2), levels.slice(-2)].map(median) as [number, number];
  const growth = slope * (levels.length - 1);
  if (growth < leastMs || growth < leastGrowth * first) return null;
  return { course, perMinuteMs: (slope * levels.length * 60_000) / lastedMs, fromMs: first, toMs: last };
}

/** Kendall's: how many of the pairs rise, less those that fall. */
function tauOf(pairs: readonly Pair[]): number {
  return pairs.reduce((sum, { rise }) => sum + Math.sign(rise), 0) / pairs.length;
}

/** Whether two levels with one jump between them fit better than a line does: something changed once, then stayed. */
function isStep(levels: readonly number[]): boolean {
  const xs = levels.map((_, i) => i);
  const [mx, my] = [mean(xs), mean(levels)];
  const sxx = xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
  const slope = xs.reduce((sum, x, i) => sum + (x - mx) * ((levels[i] as number) - my), 0) / sxx;
  const line = levels.reduce((sum, y, i) => sum + (y - my - slope * (i - mx)) ** 2, 0);
  const jumps = levels.slice(1).map((_, i) => squares(levels.slice(0, i + 1)) + squares(levels.slice(i + 1)));
  return Math.min(...jumps) < line;
}

function squares(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
