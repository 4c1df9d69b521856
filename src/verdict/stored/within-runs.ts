import type { Level, Passes } from "../statistics/level.ts";
import { mean } from "../statistics/prediction.ts";
import { median } from "../statistics/screen.ts";

/** The passes of one run: by endpoint, then by pass, on the logarithmic scale. */
export type PassLevels = readonly (readonly number[])[];

/** What passes of one run differ by: each endpoint by itself, beside the others, and all of them together. */
export interface WithinRuns {
  readonly itself: Passes;
  readonly beside: Passes;
  readonly suite: Passes;
}

/**
 * Learns from stored passes how much of the spread lies within a run. Null where no run, old or new, has several.
 * @param counts passes of the new run, and of each stored one
 * @param runs of the stored runs that have several
 */
export function withinRuns(
  counts: { readonly now: number; readonly past: readonly number[] },
  runs: readonly PassLevels[],
): WithinRuns | null {
  if (counts.now === 1 && counts.past.every((count) => count === 1)) return null;
  const sums = { itself: 0, beside: 0, suite: 0, endpoints: 0, all: 0 };
  for (const run of runs) {
    const moved = run.map((levels) => levels.map((level) => level - mean(levels)));
    const passes = moved[0]?.length ?? 0;
    sums.endpoints += moved.length * (passes - 1);
    sums.all += passes - 1;
    for (let pass = 0; pass < passes; pass++) {
      const now = moved.map((levels) => levels[pass] as number);
      sums.suite += median(now) ** 2;
      for (const [i, value] of now.entries()) {
        sums.itself += value ** 2;
        sums.beside += (value - median(now.filter((_, other) => other !== i))) ** 2;
      }
    }
  }
  const passesOf = (squares: number, free: number): Passes => ({
    now: counts.now,
    storedShare: mean(counts.past.map((count) => 1 / count)),
    variance: free > 0 ? squares / free : null,
  });
  return {
    itself: passesOf(sums.itself, sums.endpoints),
    beside: passesOf(sums.beside, sums.endpoints),
    suite: passesOf(sums.suite, sums.all),
  };
}

/** A level whose runs have these passes. */
export function withPasses<T extends Level>(level: T, passes: Passes | undefined): T {
  return passes ? { ...level, passes } : level;
}
