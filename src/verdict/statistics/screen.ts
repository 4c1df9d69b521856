import { Counts } from "./counts.ts";
import type { LatencyWindow, LatencyWindows } from "./score-test.ts";

const spreads = 5;
const smallestSpread = 0.005;
const mostDropped = 0.2;

/** Windows with their sums. */
export function together(windows: readonly LatencyWindow[]): LatencyWindows {
  return {
    windows,
    base: Counts.sum(windows.map((window) => window.base)),
    head: Counts.sum(windows.map((window) => window.head)),
  };
}

/**
 * Which windows to keep: those in which both arms together were far slower than usual are dropped, the worst first
 * and never more than a fifth. It does not look at which arm was slow, so it cannot favour one.
 */
export function screened(windows: readonly LatencyWindow[]): boolean[] {
  const levels = windows.map(({ base, head }) => Math.log(Counts.sum([base, head]).quantile(0.75)));
  const known = levels.filter((level) => Number.isFinite(level));
  const middle = median(known);
  const spread = Math.max(1.4826 * median(known.map((level) => Math.abs(level - middle))), smallestSpread);
  const limit = middle + spreads * spread;
  const slow = levels.map((level, index) => ({ level, index })).filter(({ level }) => level > limit);
  slow.sort((a, b) => b.level - a.level);
  const dropped = new Set(slow.slice(0, Math.floor(mostDropped * windows.length)).map(({ index }) => index));
  return windows.map((_, index) => !dropped.has(index));
}

/** The middle value; of an even number, the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[half] as number;
  return ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}
