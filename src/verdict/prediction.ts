import { tQuantile, tUpperTail } from "./student-t.ts";

/** What is believed of the spread between runs before any was seen: a standard deviation worth `df` runs. */
export interface Prior {
  readonly sd: number;
  readonly df: number;
}

/** New runs against old ones, on the logarithmic scale. */
export interface Prediction {
  /** Mean of the new less mean of the old. */
  readonly estimate: number;
  /** Spread of one run. */
  readonly sd: number;
  readonly df: number;
  readonly standardError: number;
  readonly t: number;
  /** One-sided: a difference this far above (below) the margin by chance alone. */
  readonly up: number;
  readonly down: number;
}

/**
 * The prediction test: could the new runs be more of the old? The spread is that between runs, which no number of
 * requests within a run makes smaller: s² = (df₀·sd₀² + Σ(y − ȳ)²) / (df₀ + N − 1), with df₀ + N − 1 degrees of
 * freedom (SPEC 4.3; reference: statistics.md 4.7, which has no prior).
 * @param margin differences within it are none, on the logarithmic scale
 * @param samplingSd what the new run's own number of requests leaves open, if that is more than the spread of runs
 */
export function predict({
  past,
  next,
  prior,
  margin,
  samplingSd = 0,
}: {
  past: readonly number[];
  next: readonly number[];
  prior: Prior;
  margin: number;
  samplingSd?: number;
}): Prediction {
  const before = mean(past);
  const squares = past.reduce((sum, value) => sum + (value - before) ** 2, 0);
  const df = prior.df + past.length - 1;
  const sd = Math.sqrt((prior.df * prior.sd ** 2 + squares) / df);
  const own = Math.max(sd, samplingSd);
  const standardError = Math.sqrt(own ** 2 / next.length + sd ** 2 / past.length);
  const estimate = mean(next) - before;
  const t = (estimate - margin) / standardError;
  const up = tUpperTail({ t, df });
  const down = tUpperTail({ t: (-estimate - margin) / standardError, df });
  return { estimate, sd, df, standardError, t, up, down };
}

/** The smallest change, relative, that a prediction would have called significant at `alpha` in nine of ten cases. */
export function detectable({ standardError, df }: Prediction, { alpha, margin }: { alpha: number; margin: number }) {
  return Math.exp((tQuantile({ upper: alpha, df }) + 1.3) * standardError + margin) - 1;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
