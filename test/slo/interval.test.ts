import { expect, test } from "vitest";
import { binomialCdf, quantileRanks, shareInterval } from "../../src/slo/interval.ts";

/** The definition, term by term. */
function slowCdf(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    sum += term;
  }
  return sum;
}

test("the distribution agrees with its definition", () => {
  for (const n of [1, 2, 7, 30, 200]) {
    for (const p of [0.01, 0.3, 0.5, 0.9]) {
      for (let k = 0; k <= n; k += Math.ceil(n / 9)) {
        expect(binomialCdf({ k, n, p })).toBeCloseTo(slowCdf(k, n, p), 11);
      }
    }
  }
  expect(binomialCdf({ k: 500_000, n: 1_000_000, p: 0.5 })).toBeCloseTo(0.5004, 4);
});

test("a median of ten lies between the second and the ninth with 95 % confidence", () => {
  // The textbook's example: 97.9 %; one rank tighter would be 89 %.
  expect(quantileRanks({ n: 10, ratio: 0.5 })).toEqual({ low: 2, high: 9 });
});

test("too few observations leave a high percentile without an upper bound", () => {
  expect(quantileRanks({ n: 50, ratio: 0.99 }).high).toBe(51);
  expect(quantileRanks({ n: 5, ratio: 0.95 })).toEqual({ low: 4, high: 6 });
  expect(quantileRanks({ n: 4, ratio: 0.5 }).low).toBe(0);
});

test("the ranks cover the quantile at least as often as promised", () => {
  for (const n of [10, 100, 1234]) {
    for (const ratio of [0.5, 0.9, 0.95, 0.99]) {
      const { low, high } = quantileRanks({ n, ratio });
      const covered = binomialCdf({ k: high - 1, n, p: ratio }) - binomialCdf({ k: low - 1, n, p: ratio });
      expect(covered).toBeGreaterThanOrEqual(0.95);
    }
  }
});

test("a share's interval is Clopper and Pearson's", () => {
  const [low, high] = shareInterval({ count: 4, n: 20 });
  expect(low).toBeCloseTo(0.05733, 4);
  expect(high).toBeCloseTo(0.43661, 4);
  expect(shareInterval({ count: 0, n: 300 })[1]).toBeCloseTo(1 - 0.025 ** (1 / 300), 9);
  expect(shareInterval({ count: 7, n: 7 })[1]).toBe(1);
});
