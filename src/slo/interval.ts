/**
 * Distribution-free intervals from the binomial distribution. A percentile's interval is a pair of order statistics
 * (David and Nagaraja, Order Statistics, 3rd ed., section 7.1); a share's is Clopper and Pearson's (Biometrika 26,
 * 1934). Both are conservative: they hold at least the confidence they state.
 */

/** P(X <= k) for X ~ Binomial(n, p), by the regularised incomplete beta function. */
export function binomialCdf({ k, n, p }: { k: number; n: number; p: number }): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  if (p <= 0) return 1;
  if (p >= 1) return 0;
  return incompleteBeta({ x: 1 - p, a: n - k, b: k + 1 });
}

/**
 * The ranks (1 to n) of the two order statistics that enclose the `ratio` quantile with the given confidence. A rank
 * of 0 or n + 1 means that no observation is far enough out: nothing on that side is excluded by so few.
 */
export function quantileRanks({ n, ratio, confidence = 0.95 }: { n: number; ratio: number; confidence?: number }): {
  readonly low: number;
  readonly high: number;
} {
  const tail = (1 - confidence) / 2;
  // X counts observations below the quantile. The low rank r must have P(X < r) <= tail, the high one P(X < r) >= 1 - tail.
  const low = firstWhere(n, (k) => binomialCdf({ k, n, p: ratio }) > tail);
  const high = firstWhere(n, (k) => binomialCdf({ k, n, p: ratio }) >= 1 - tail) + 1;
  return { low, high };
}

/** The smallest k in 0..n that satisfies a condition which stays true once true; n where none does. */
function firstWhere(n: number, isTrue: (k: number) => boolean): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Clopper and Pearson's interval for a share of `count` in `n`, as ratios. */
export function shareInterval({
  count,
  n,
  confidence = 0.95,
}: {
  count: number;
  n: number;
  confidence?: number;
}): readonly [low: number, high: number] {
  const tail = (1 - confidence) / 2;
  const low = count === 0 ? 0 : bisect((p) => 1 - binomialCdf({ k: count - 1, n, p }) > tail);
  const high = count === n ? 1 : bisect((p) => binomialCdf({ k: count, n, p }) < tail);
  return [low, high];
}

/** Where in 0..1 a condition turns true; 60 halvings leave nothing of a double. */
function bisect(isTrue: (p: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b), by its continued fraction (DLMF 8.17.22) evaluated from the front (modified Lentz). */
function incompleteBeta({ x, a, b }: { x: number; a: number; b: number }): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only below the mean; above it the symmetry is used.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta({ x: 1 - x, a: b, b: a });
  const logFront = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return Math.exp(logFront) * fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ(x) for x > 0: Stirling's series above 10, the recurrence below; about 1e-13 relative. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift -= Math.log(z);
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / z;
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}
