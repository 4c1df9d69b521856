/**
 * Student's t distribution: the chance to lie above `t`. By the regularised incomplete beta function,
 * P(T > t) = I_x(df/2, 1/2) / 2 with x = df / (df + t²) for t ≥ 0 (Abramowitz and Stegun 26.7.1), so far tails keep
 * their digits.
 * @param df degrees of freedom, above 0, fractions allowed
 */
export function tUpperTail({ t, df }: { t: number; df: number }): number {
  if (Number.isNaN(t)) return 1;
  if (t === Number.POSITIVE_INFINITY) return 0;
  if (t === Number.NEGATIVE_INFINITY) return 1;
  const tail = 0.5 * regularizedBeta({ x: df / (df + t * t), a: df / 2, b: 0.5 });
  return t >= 0 ? tail : 1 - tail;
}

/** The value that lies below `upper` of the distribution: `tUpperTail(tQuantile(upper)) = upper`, 0 < upper < 1. */
export function tQuantile({ upper, df }: { upper: number; df: number }): number {
  if (upper > 0.5) return -tQuantile({ upper: 1 - upper, df });
  const key = `${upper} ${df}`;
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  const found = searched({ upper, df });
  if (quantiles.size >= mostKnown) quantiles.clear();
  quantiles.set(key, found);
  return found;
}

/** A verdict asks for the same few quantiles for every endpoint, and each is a search of some eighty beta functions. */
const quantiles = new Map<string, number>();
const mostKnown = 1000;

function searched({ upper, df }: { upper: number; df: number }): number {
  let low = 0;
  let high = 1;
  while (tUpperTail({ t: high, df }) > upper) high *= 2;
  for (let i = 0; i < 80 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (tUpperTail({ t: middle, df }) > upper) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b), by the continued fraction of DLMF 8.17.22 in Lentz's evaluation. */
function regularizedBeta({ x, a, b }: { x: number; a: number; b: number }): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast below the mean of the distribution, its mirror image above.
  if (x > (a + 1) / (a + b + 2)) return 1 - (front / b) * betaFraction({ x: 1 - x, a: b, b: a });
  return (front / a) * betaFraction({ x, a, b });
}

function betaFraction({ x, a, b }: { x: number; a: number; b: number }): number {
  const tiny = 1e-300;
  const keep = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / keep(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return value;
}

/** ln Γ(z) for z > 0: Stirling's series (DLMF 5.11.1), with the argument raised to where it is exact to 1e-15. */
export function logGamma(z: number): number {
  let shift = 0;
  let x = z;
  while (x < 15) {
    shift += Math.log(x);
    x += 1;
  }
  const r = 1 / (x * x);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
