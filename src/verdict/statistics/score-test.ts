import type { Counts } from "./counts.ts";
import { type RobustTest, robustTest } from "./robust-p.ts";
import { tQuantile } from "./student-t.ts";

/** What both arms measured over one window of time. */
export interface LatencyWindow {
  readonly base: Counts;
  readonly head: Counts;
}

/** Windows with their sums, which every test asks for. */
export interface LatencyWindows {
  readonly windows: readonly LatencyWindow[];
  readonly base: Counts;
  readonly head: Counts;
}

export interface ScoreQuestion {
  /** The percentile as a ratio, 0.95. */
  readonly ratio: number;
  /** The hypothesis: the head's percentile is `rho` times the base's. */
  readonly rho: number;
}

/**
 * The value that lies above 1 − ratio of both arms together, the base's latencies multiplied by rho: where the
 * percentile would be if the hypothesis held. Microseconds; by bisection on the logarithm.
 */
export function scoreThreshold({ base, head }: LatencyWindows, { ratio, rho }: ScoreQuestion): number {
  const aboveShare = (us: number) => 0.5 * (base.above(us / rho) / base.total) + 0.5 * (head.above(us) / head.total);
  let low = Math.log(Math.max(1e-3, 0.5 * Math.min(base.quantile(ratio) * rho, head.quantile(ratio))));
  let high = Math.log(Math.max(1, 2 * Math.max(base.quantile(ratio) * rho, head.quantile(ratio))));
  for (let i = 0; i < 60 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2;
    if (aboveShare(Math.exp(middle)) > 1 - ratio) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/**
 * Per window: by how much more of the head's requests than of the base's lie above the common threshold, each against
 * the overall share. Under the hypothesis they scatter about zero. See docs/statistics.md#side-by-side-base-host.
 */
export function scoreDifferences(windows: LatencyWindows, question: ScoreQuestion): Float64Array {
  const us = scoreThreshold(windows, question);
  const { base, head } = windows;
  const baseUs = us / question.rho;
  const k = windows.windows.length;
  const above = new Float64Array(2 * k);
  let baseAbove = 0;
  let headAbove = 0;
  for (let i = 0; i < k; i++) {
    const window = windows.windows[i] as LatencyWindow;
    const a = window.base.above(baseUs);
    const b = window.head.above(us);
    above[2 * i] = a;
    above[2 * i + 1] = b;
    baseAbove += a;
    headAbove += b;
  }
  const share = (0.5 * baseAbove) / base.total + (0.5 * headAbove) / head.total;
  const out = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    const window = windows.windows[i] as LatencyWindow;
    out[i] =
      ((above[2 * i + 1] as number) - share * window.head.total) / head.total -
      ((above[2 * i] as number) - share * window.base.total) / base.total;
  }
  return out;
}

/** Is the head's percentile more than `rho` times the base's? */
export function slowerThan(windows: LatencyWindows, question: ScoreQuestion): RobustTest {
  return robustTest(scoreDifferences(windows, question));
}

/** Is the head's percentile less than `rho` times the base's? */
export function fasterThan(windows: LatencyWindows, question: ScoreQuestion): RobustTest {
  return robustTest(scoreDifferences(windows, question).map((difference) => -difference));
}

/** Where the plain estimate has a kink the score has none: the ratio at which it is zero. */
export function scoreEstimate(windows: LatencyWindows, ratio: number): number {
  return ratioWhere(windows, { ratio, holds: (rho) => slowerThan(windows, { ratio, rho }).t > 0 });
}

/**
 * The interval of the ratio head / base that the score test does not reject, by inversion.
 * @param upper the chance of error on each side, 0.025 for 95 %
 * @param guarded with the guard against drift (what is shown), or windows taken as independent
 */
export function ratioInterval(
  windows: LatencyWindows,
  { ratio, upper, guarded }: { ratio: number; upper: number; guarded: boolean },
): { low: number; high: number } {
  const where = (holds: (rho: number) => boolean) => ratioWhere(windows, { ratio, holds });
  if (guarded) {
    return {
      low: where((rho) => slowerThan(windows, { ratio, rho }).p < upper),
      high: where((rho) => fasterThan(windows, { ratio, rho }).p >= upper),
    };
  }
  const critical = tQuantile({ upper, df: windows.windows.length - 1 });
  return {
    low: where((rho) => slowerThan(windows, { ratio, rho }).t > critical),
    high: where((rho) => slowerThan(windows, { ratio, rho }).t > -critical),
  };
}

/** The ratio up to which `holds` holds; the score falls as rho rises. */
export function ratioWhere(
  windows: LatencyWindows,
  { ratio, holds }: { ratio: number; holds: (rho: number) => boolean },
): number {
  const middle = Math.log(windows.head.quantile(ratio) / windows.base.quantile(ratio));
  let low = middle - 0.1;
  let high = middle + 0.1;
  for (let reach = 0.2; reach < 16 && !holds(Math.exp(low)); reach *= 2) low = middle - reach;
  for (let reach = 0.2; reach < 16 && holds(Math.exp(high)); reach *= 2) high = middle + reach;
  for (let i = 0; i < 40 && high - low > 1e-9; i++) {
    const at = (low + high) / 2;
    if (holds(Math.exp(at))) low = at;
    else high = at;
  }
  return Math.exp((low + high) / 2);
}
