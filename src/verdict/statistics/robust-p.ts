import { tUpperTail } from "./student-t.ts";

/** What the windows of a run say about one difference. */
export interface RobustTest {
  /** Σ D over its standard error, windows taken as independent. */
  readonly t: number;
  /** One-sided, windows taken as independent. */
  readonly independentP: number;
  /** One-sided, and never smaller than `independentP`: guarded against windows that follow one another. */
  readonly p: number;
  /** The same for a sum below zero. */
  readonly falling: number;
  /** Guarded standard error of Σ D. */
  readonly standardError: number;
}

/** Over how many neighbours the guard looks, and its degrees of freedom, for so many windows. */
export function guardOf(windows: number): { lags: number; df: number } {
  const lags = Math.max(3, Math.ceil(windows / 12));
  return { lags, df: (1.5 * windows) / lags };
}

/** All differences equal, up to the fuzz of floating point. */
const nothing = 1e-20;

/**
 * Tests whether the differences of a run's windows add up to more than zero, with a guard against drift: neighbouring
 * windows that lean the same way count for less. The variance is Newey and West's (Econometrica 55 (1987)), Bartlett
 * weights over a twelfth of the windows; the degrees of freedom shrink with it. See
 * docs/statistics.md#side-by-side-base-host.
 */
export function robustTest(differences: ArrayLike<number>): RobustTest {
  const k = differences.length;
  let sum = 0;
  for (let i = 0; i < k; i++) sum += differences[i] as number;
  const centred = new Float64Array(k);
  let own = 0;
  for (let i = 0; i < k; i++) {
    const c = (differences[i] as number) - sum / k;
    centred[i] = c;
    own += c * c;
  }
  if (k < 2 || own <= nothing) return { t: 0, independentP: 1, p: 1, falling: 1, standardError: 0 };
  const { lags, df: guardedDf } = guardOf(k);
  let guarded = own;
  for (let lag = 1; lag <= Math.min(lags, k - 1); lag++) {
    let product = 0;
    for (let i = lag; i < k; i++) product += (centred[i] as number) * (centred[i - lag] as number);
    guarded += 2 * (1 - lag / (lags + 1)) * product;
  }
  const f = Math.sqrt(k / (k - 1));
  const t = sum / (f * Math.sqrt(own));
  const standardError = f * Math.sqrt(Math.max(guarded, own));
  const chance = (sign: 1 | -1) =>
    Math.max(tUpperTail({ t: sign * t, df: k - 1 }), tUpperTail({ t: (sign * sum) / standardError, df: guardedDf }));
  return {
    t,
    independentP: tUpperTail({ t, df: k - 1 }),
    p: chance(1),
    falling: chance(-1),
    standardError,
  };
}
