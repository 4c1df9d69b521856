/** When a running comparison is looked at, and what of the error probability each look may spend. */
export interface Look {
  /** Judged time so far. */
  readonly atMs: number;
  readonly alpha: number;
}

const firstLooksMs = [30_000, 60_000, 90_000, 120_000, 180_000, 240_000] as const;
const thenEveryMs = 60_000;

/** The moments up to and including `limitMs`. */
export function lookTimes(limitMs: number): number[] {
  const times: number[] = firstLooksMs.filter((atMs) => atMs < limitMs);
  for (let atMs = firstLooksMs[5] + thenEveryMs; atMs < limitMs; atMs += thenEveryMs) times.push(atMs);
  return [...times, limitMs];
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

/** The looks of a comparison that may take `limitMs`. */
export function planLooks({ limitMs, alpha }: { limitMs: number; alpha: number }): Look[] {
  const times = lookTimes(limitMs);
  const shares = alphaSpending(
    times.map((atMs) => atMs / limitMs),
    { alpha, power: 1 },
  );
  return times.map((atMs, index) => ({ atMs, alpha: shares[index] as number }));
}
