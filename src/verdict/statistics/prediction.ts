import type { Level } from "./level.ts";
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
 * The prediction test: could the new run be one more of the old? The spread is that between runs, which no number of
 * requests within a run makes smaller: s² = (df₀·sd₀² + Σ(y − ȳ)²) / (df₀ + N − 1), with df₀ + N − 1 degrees of
 * freedom. Runs on other machines add their squares, each about the mean of its own machine.
 *
 * Several passes of one run share its machine. If stored runs are made of m passes on average and the new one of m₀, its
 * variance is s² + s_w²·(1/m₀ − 1/m): only what differs within a run is divided by the number of passes.
 * @param next the new run; several where they are runs of their own, on machines of their own
 * @param margin differences within it are none, on the logarithmic scale
 * @param samplingSd what the new run's own number of requests leaves open, if that is more than the spread of runs
 */
export function predict({
  past,
  elsewhere = [],
  next,
  prior,
  margin,
  passes = null,
  samplingSd = 0,
}: Omit<Level, "now"> & {
  next: readonly number[];
  prior: Prior;
  margin: number;
  samplingSd?: number;
}): Prediction {
  const groups = [past, ...elsewhere];
  const df = prior.df + groups.reduce((sum, group) => sum + Math.max(0, group.length - 1), 0);
  const sd = Math.sqrt((prior.df * prior.sd ** 2 + groups.reduce((sum, group) => sum + squaresOf(group), 0)) / df);
  const own = Math.max(newVariance(sd ** 2, passes), samplingSd ** 2);
  const standardError = Math.sqrt(own / next.length + sd ** 2 / past.length);
  const estimate = mean(next) - mean(past);
  const t = (estimate - margin) / standardError;
  const up = tUpperTail({ t, df });
  const down = tUpperTail({ t: (-estimate - margin) / standardError, df });
  return { estimate, sd, df, standardError, t, up, down };
}

/** Of the new run, from that of stored ones. At most all of a spread is within runs. */
function newVariance(variance: number, passes: Level["passes"]): number {
  if (!passes || passes.variance === null) return variance;
  const within = Math.min(passes.variance, variance / passes.storedShare);
  return variance + within * (1 / passes.now - passes.storedShare);
}

function squaresOf(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}

/** The smallest change, relative, that a prediction would have called significant at `alpha` in nine of ten cases. */
export function detectable({ standardError, df }: Prediction, { alpha, margin }: { alpha: number; margin: number }) {
  return Math.exp((tQuantile({ upper: alpha, df }) + 1.3) * standardError + margin) - 1;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
