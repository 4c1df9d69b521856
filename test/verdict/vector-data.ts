import { Histogram } from "../../src/stats/histogram.ts";
import { Counts } from "../../src/verdict/statistics/counts.ts";
import type { LatencyWindow } from "../../src/verdict/statistics/score-test.ts";

/** The generator behind the vectors: a linear congruence (ANSI C's constants) and Box and Muller's normal values. */
export function normals(seed: number): () => number {
  let state = BigInt(seed);
  const uniform = () => {
    state = (1103515245n * state + 12345n) % 2n ** 31n;
    return Number(state) / 2 ** 31;
  };
  return () => {
    const u = 1 - uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * uniform());
  };
}

/** Microseconds of both arms by window: lognormal about 10 ms, the level swinging by a fifth from window to window. */
export function generate({ seed, K, n, scaleB }: { seed: number; K: number; n: number; scaleB: number }) {
  const normal = normals(seed);
  return Array.from({ length: K }, (_, k) => {
    const draw = (scale: number) =>
      Array.from({ length: n }, () =>
        Math.floor(10_000 * (1 + 0.2 * Math.sin(k / 3)) * Math.exp(0.35 * normal()) * scale),
      );
    return { a: draw(1), b: draw(scaleB) };
  });
}

export function countsOf(us: readonly number[]): Counts {
  const histogram = new Histogram(2);
  for (const value of us) histogram.record(value / 1000);
  return Counts.of(histogram);
}

export function windowsOf(data: readonly { a: readonly number[]; b: readonly number[] }[]): LatencyWindow[] {
  return data.map(({ a, b }) => ({ base: countsOf(a), head: countsOf(b) }));
}
