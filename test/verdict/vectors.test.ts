import { describe, expect, test } from "vitest";
import { mser5 } from "../../src/engine/master/warmup.ts";
import { binBounds, binIndex } from "../../src/stats/histogram.ts";
import { type ErrorWindow, errorTest } from "../../src/verdict/statistics/error-test.ts";
import { fisherUpperTail } from "../../src/verdict/statistics/fisher.ts";
import { holm } from "../../src/verdict/statistics/holm.ts";
import { alphaSpending } from "../../src/verdict/statistics/looks.ts";
import { newcombe } from "../../src/verdict/statistics/newcombe.ts";
import { robustTest } from "../../src/verdict/statistics/robust-p.ts";
import {
  ratioInterval,
  scoreDifferences,
  scoreEstimate,
  scoreThreshold,
  slowerThan,
} from "../../src/verdict/statistics/score-test.ts";
import { screened, together } from "../../src/verdict/statistics/screen.ts";
import { stallTest } from "../../src/verdict/statistics/stall-test.ts";
import { tQuantile, tUpperTail } from "../../src/verdict/statistics/student-t.ts";
import { same } from "./six-digits.ts";
import { countsOf, generate, windowsOf } from "./vector-data.ts";
import vectors from "./vectors.json" with { type: "json" };

describe("the published vectors hold to six digits", () => {
  test.each(vectors.bins)("bin of $v µs", ({ v, index, lo, hi }) => {
    expect(binIndex(v, 2)).toBe(index);
    expect(binBounds(index, 2)).toEqual({ lowUs: lo, highUs: hi });
  });

  test("quantile and above", () => {
    const { values, p50, p95, above1000, above1002 } = vectors.quantile;
    const counts = countsOf(values);
    same(counts.quantile(0.5), p50);
    same(counts.quantile(0.95), p95);
    same(counts.above(1000), above1000);
    same(counts.above(1002), above1002);
  });

  test.each(vectors.tdist)("tail of t = $t, df = $df", ({ t, df, upper }) => same(tUpperTail({ t, df }), upper));
  test.each(vectors.tq)("quantile of t for $a, df = $df", ({ a, df, q }) => same(tQuantile({ upper: a, df }), q));

  test.each(vectors.tiny.results)("the tiny example at rho = $rho", ({ p, rho, threshold, D, t }) => {
    const toUs = (list: readonly number[]) => list.map((ms) => ms * 1000);
    const windows = together(windowsOf(vectors.tiny.windows.map(({ a, b }) => ({ a: toUs(a), b: toUs(b) }))));
    same(scoreThreshold(windows, { ratio: p, rho }), threshold);
    for (const [i, d] of scoreDifferences(windows, { ratio: p, rho }).entries()) expect(d).toBeCloseTo(D[i] ?? 0, 9);
    same(slowerThan(windows, { ratio: p, rho }).t, t);
  });

  describe.each([
    ["AA", vectors.AA],
    ["plus10", vectors.plus10],
    ["plus20", vectors.plus20],
  ] as const)("%s", (_, vector) => {
    const data = generate(vector);
    const windows = together(windowsOf(data));

    test("the generator is the vectors'", () => {
      expect(data[0]?.a.slice(0, 5)).toEqual(vector.firstWindow.a);
      expect(data[0]?.b.slice(0, 5)).toEqual(vector.firstWindow.b);
    });

    test.each([
      ["p50", 0.5],
      ["p95", 0.95],
    ] as const)("%s", (name, ratio) => {
      const expected = vector[name];
      same(windows.base.quantile(ratio), expected.qA);
      same(windows.head.quantile(ratio), expected.qB);
      same(slowerThan(windows, { ratio, rho: 1 }).t, expected.t_rho1);
      const test = slowerThan(windows, { ratio, rho: 1.02 });
      same(test.t, expected.t_rho102);
      same(test.independentP, expected.p_iid_rho102);
      same(test.p, expected.robustP_rho102);
      const interval = ratioInterval(windows, { ratio, upper: 0.025, guarded: false });
      same(interval.low, expected.ci95[0] as number);
      same(interval.high, expected.ci95[1] as number);
      same(scoreEstimate(windows, ratio), expected.score_estimate);
    });
  });

  test("the guard against drift", () => {
    const k = Array.from({ length: 48 }, (_, i) => i);
    const drifting = robustTest(k.map((i) => 0.5 + Math.sin(i / 4) + 0.3 * Math.cos(2.3 * i)));
    same(drifting.independentP, vectors.robustP.iid);
    same(drifting.p, vectors.robustP.robust);
    const restless = robustTest(k.map((i) => 0.2 + Math.cos(2.3 * i)));
    same(restless.independentP, vectors.robustP.iidE);
    same(restless.p, vectors.robustP.robustE);
    expect(robustTest(k.map(() => 0.3)).p).toBe(1);
  });

  test("screening", () => {
    const { seed, K, n, kept } = vectors.screen;
    const data = generate({ seed, K, n, scaleB: 1 }).map(({ a, b }, k) => ({
      a: k === 7 ? a.map((v) => v * 4) : a,
      b: k === 7 ? b.map((v) => v * 4) : k === 13 ? b.map((v) => v * 6) : b,
    }));
    expect(screened(windowsOf(data)).flatMap((keep, k) => (keep ? [k] : []))).toEqual(kept);
  });

  test.each(vectors.holm)("Holm at $alpha", ({ p, alpha, rejected }) => expect(holm(p, alpha)).toEqual(rejected));

  test.each(vectors.newcombe)("Newcombe and Fisher, $kA/$nA against $kB/$nB", ({ kA, nA, kB, nB, z, ci, fisher }) => {
    const before = { failures: kA, requests: nA };
    const after = { failures: kB, requests: nB };
    const { low, estimate, high } = newcombe({ before, after, z });
    for (const [i, value] of [low, estimate, high].entries()) same(value, ci[i] as number);
    same(fisherUpperTail({ before, after }), fisher);
  });

  test("errors spread over windows and in one burst", () => {
    const run = (failures: (window: number) => number): ErrorWindow[] =>
      Array.from({ length: 30 }, (_, window) => ({
        base: { failures: window === 4 ? 1 : 0, requests: 40 },
        head: { failures: failures(window), requests: 40 },
      }));
    const spread = errorTest(run((window) => (window % 3 === 0 ? 1 : 0)));
    const burst = errorTest(run((window) => (window === 5 ? 10 : 0)));
    same(spread.base.failures / spread.base.requests, vectors.errors.spread.pA);
    same(spread.head.failures / spread.head.requests, vectors.errors.spread.pB);
    same(spread.t, vectors.errors.spread.t);
    same(spread.windowP, vectors.errors.spread.p);
    same(burst.t, vectors.errors.burst.t);
    same(burst.windowP, vectors.errors.burst.p);
  });

  test("stalls", () => {
    const cell = (slow: boolean) => ({ requests: 15, slow: slow ? 6 : 0 });
    const windows = Array.from({ length: 240 }, (_, k) => ({
      head: cell((k < 72 && k % 6 === 0) || k === 100 || k === 120),
      base: cell(k === 80 || k === 100 || k === 120),
    }));
    const { baseOnly, headOnly, p } = stallTest(windows);
    expect([baseOnly, headOnly]).toEqual([vectors.stall.baseOnly, vectors.stall.headOnly]);
    same(p, vectors.stall.p);
  });

  test("warm-up by MSER-5", () => expect(mser5(vectors.mser5.y)).toBe(vectors.mser5.cut));

  test("alpha spending", () => {
    const { looks, alpha, rho, increments } = vectors.spend;
    const shares = alphaSpending(looks, { alpha, power: rho });
    for (const [i, share] of shares.entries()) same(share, increments[i] as number);
  });
});
