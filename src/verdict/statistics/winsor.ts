import { median } from "./screen.ts";

/** Of the normal distribution, two in a thousand million lie further out. */
const widestSpreads = 6;
/** Runs that all but agree must not make an outlier of one that differs by a hair; on the logarithmic scale. */
const smallestSpread = 0.02;
/** Of fewer values nobody can say which is the odd one. */
const fewestValues = 5;

/**
 * Values far off the others, brought in to six spreads (1.4826 · MAD) of the median: one bad run neither widens what
 * the others say nor moves their mean by much. Cut at four, changes that last were missed on real histories.
 */
export function winsorised(values: readonly number[], fewest = fewestValues): number[] {
  if (values.length < fewest) return [...values];
  const middle = median(values);
  const spread = Math.max(1.4826 * median(values.map((value) => Math.abs(value - middle))), smallestSpread);
  const reach = widestSpreads * spread;
  return values.map((value) => Math.min(middle + reach, Math.max(middle - reach, value)));
}
