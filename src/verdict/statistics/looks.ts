import { levelsOf } from "./spending.ts";

/** When a running comparison is looked at, and what of the error probability each look may spend. */
export interface Look {
  /** Judged time so far. */
  readonly atMs: number;
  /** Of a false alarm, over all tests. */
  readonly alpha: number;
  /** Of each test: below this chance of being past its limit it passes; 0 while no pass is wanted yet. */
  readonly passAlpha: number;
}

const firstLooksMs = [30_000, 60_000, 90_000, 120_000, 180_000, 240_000] as const;
const thenEveryMs = 60_000;

/** The moments to look from `fromMs`, the run time asked for, up to and including `limitMs`. */
export function lookTimes({ fromMs, limitMs }: { fromMs: number; limitMs: number }): number[] {
  const first = Math.min(fromMs, limitMs);
  const times: number[] = firstLooksMs.filter((atMs) => atMs < limitMs);
  for (let atMs = firstLooksMs[5] + thenEveryMs; atMs < limitMs; atMs += thenEveryMs) times.push(atMs);
  return [...new Set([first, ...times.filter((atMs) => atMs > first), limitMs])];
}

/**
 * How much of `alpha` is spent between one look and the next: alpha · t^power of the information fraction t. Power 1
 * is linear, which is valid under any dependence between the looks (Bonferroni) and costs a few points of power.
 */
export function alphaSpending(
  fractions: readonly number[],
  { alpha, power }: { alpha: number; power: number },
): number[] {
  let before = 0;
  return fractions.map((fraction) => {
    const upTo = alpha * fraction ** power;
    const share = upTo - before;
    before = upTo;
    return share;
  });
}

/** The looks of a comparison that may take `limitMs`, none of them before `fromMs`. */
export function planLooks({ fromMs, limitMs, alpha }: { fromMs: number; limitMs: number; alpha: number }): Look[] {
  const times = lookTimes({ fromMs, limitMs });
  const shares = alphaSpending(
    times.map((atMs) => atMs / limitMs),
    { alpha, power: 1 },
  );
  const passes = passLevels(times, limitMs);
  return times.map((atMs, index) => ({
    atMs,
    alpha: shares[index] as number,
    passAlpha: passes[index] as number,
  }));
}

/** Judged time before which nothing passes. */
const earliestPassMs = 60_000;
/** For each test, of passing what is past its limit at any look. */
const passBudget = 0.05;

/**
 * What of the chance of passing what should not pass a look may spend, per test: in proportion to the time since the
 * look before, like that of false alarms, and nothing in the first minute, whose part the first look after it has. A
 * comparison that may not take a minute passes at its end or never.
 * @param sinceMs the look before; 0 for the first one
 */
export function passShare({ atMs, sinceMs, limitMs }: { atMs: number; sinceMs: number; limitMs: number }): number {
  const spentBy = (ms: number) => (ms < Math.min(earliestPassMs, limitMs) ? 0 : passBudget * Math.min(1, ms / limitMs));
  return spentBy(atMs) - spentBy(sinceMs);
}

function passLevels(times: readonly number[], limitMs: number): readonly number[] {
  const key = `${limitMs} ${times[0]}`;
  const known = levels.get(key);
  if (known) return known;
  const looks = times.map((atMs, i) => ({
    fraction: atMs / limitMs,
    share: passShare({ atMs, sinceMs: times[i - 1] ?? 0, limitMs }),
  }));
  const found = levelsOf(looks);
  if (levels.size >= mostKnown) levels.clear();
  levels.set(key, found);
  return found;
}

/** A run is judged again at each of its looks, and the levels are integrals. */
const levels = new Map<string, readonly number[]>();
const mostKnown = 100;
