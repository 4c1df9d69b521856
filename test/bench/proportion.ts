/** Wilson's 95 % interval of a proportion, as ratios (J. Am. Stat. Assoc. 22 (1927)). */
export function wilson(count: number, n: number): { low: number; high: number } {
  const z = 1.959964;
  const p = count / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/** `12.0 % (6–20)`: a rate and its interval. */
export function rateText(count: number, n: number): string {
  const { low, high } = wilson(count, n);
  const digits = n >= 500 ? 1 : 0;
  const bounds = `(${(100 * low).toFixed(digits)}–${(100 * high).toFixed(digits)})`;
  return `${((100 * count) / n).toFixed(1).padStart(5)} % ${bounds.padEnd(11)}`;
}
