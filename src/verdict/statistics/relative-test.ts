import { type RobustTest, robustTest } from "./robust-p.ts";
import {
  type LatencyWindows,
  ratioWhere,
  type ScoreQuestion,
  scoreDifferences,
  scoreThreshold,
  slowerThan,
} from "./score-test.ts";

/** Windows, and ln(head / base) as the other endpoints felt it in each of them. */
export interface FeltWindows {
  readonly windows: LatencyWindows;
  readonly felt: ArrayLike<number>;
}

/** What became of "is the head slower than so much". */
export interface Slowness {
  /** One-sided chance, both tests taken into account. */
  readonly p: number;
  /** Which of the two it rests on. */
  readonly by: "itself" | "others";
  /** Whether the endpoint was held against the others at all. */
  readonly isHeld: boolean;
}

/** Of the chance of error, what the more precise of the two tests may spend; the rest is the other's. */
export const preciseShare = 0.8;
/** Against the others an endpoint is slower only if it looks slower by itself, too: one-sided, to no margin. */
const looksSlower = 0.01;

/**
 * Is the head's percentile more than `rho` times the base's, after what the other endpoints felt in the same windows
 * is taken off? Where each version has a machine of its own, its drift and its bursts hit all endpoints at once, and
 * most of what scatters between the versions is this.
 */
export function slowerThanOthers({ windows, felt }: FeltWindows, question: ScoreQuestion): RobustTest {
  const us = scoreThreshold(windows, question);
  const { base, head } = windows;
  const above = (at: number) =>
    0.5 * (base.above(at / question.rho) / base.total) + 0.5 * (head.above(at) / head.total);
  const differences = scoreDifferences(windows, question);
  for (const [i, window] of windows.windows.entries()) {
    const drift = felt[i] as number;
    const share = 0.5 * (window.base.total / base.total + window.head.total / head.total);
    // Were the head e^drift slower in this window, half of it on either side, by so much more of it would lie above.
    const expected = above(us * Math.exp(-drift / 2)) - above(us * Math.exp(drift / 2));
    differences[i] = (differences[i] as number) - share * expected;
  }
  return robustTest(differences);
}

/**
 * The test by itself and, where it is the more precise, the one against the others. Which is more precise is seen from
 * the spread alone, and not from which arm is slower. The two share the chance of error unevenly: a slowness of all
 * endpoints at once is found by the first only, and is plain to see.
 */
export function slowness(
  { windows, felt }: { windows: LatencyWindows; felt: ArrayLike<number> | null },
  question: ScoreQuestion,
): Slowness {
  const itself = slowerThan(windows, question);
  const others = felt && slowerThanOthers({ windows, felt }, question);
  if (!others || others.standardError >= itself.standardError) return { p: itself.p, by: "itself", isHeld: false };
  const byItself = itself.p / (1 - preciseShare);
  const byOthers = others.p / preciseShare;
  if (byOthers >= byItself || slowerThan(windows, { ...question, rho: 1 }).p > looksSlower) {
    return { p: Math.min(1, byItself), by: "itself", isHeld: true };
  }
  return { p: Math.min(1, byOthers), by: "others", isHeld: true };
}

/**
 * The interval of the ratio head / base, with what the others felt taken off, by inversion; guarded.
 * @param upper the chance of error on each side, 0.025 for 95 %
 */
export function relativeInterval(
  held: FeltWindows,
  { ratio, upper }: { ratio: number; upper: number },
): { low: number; estimate: number; high: number } {
  const at = (holds: (test: RobustTest) => boolean) =>
    ratioWhere(held.windows, { ratio, holds: (rho) => holds(slowerThanOthers(held, { ratio, rho })) });
  return {
    low: at(({ p }) => p < upper),
    estimate: at(({ t }) => t > 0),
    high: at(({ falling }) => falling >= upper),
  };
}
