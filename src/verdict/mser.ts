/**
 * How many values at the start of a series are warm-up: MSER-5 (White, Cobb, Spratt, 2000). The series is averaged in
 * fives; the cut is where the standard error of what remains is smallest, at most half of the series.
 */
export function mser5(values: readonly number[]): number {
  const size = 5;
  const batches = Array.from({ length: Math.floor(values.length / size) }, (_, batch) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += values[batch * size + i] as number;
    return sum / size;
  });
  let best = { cut: 0, error: Number.POSITIVE_INFINITY };
  for (let cut = 0; cut <= batches.length / 2; cut++) {
    const rest = batches.slice(cut);
    const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
    const error = rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length ** 2;
    if (error < best.error) best = { cut, error };
  }
  return best.cut * size;
}
