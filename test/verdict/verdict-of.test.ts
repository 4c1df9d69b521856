import { describe, expect, test } from "vitest";
import type { ThresholdResult } from "../../src/slo/promise.ts";
import type { Comparison } from "../../src/verdict/comparison.ts";
import { defaultFailOn, exitCodeOf, type FailOn } from "../../src/verdict/exit-code.ts";
import { defaultCompareSettings } from "../../src/verdict/settings.ts";
import { compareWithBaseline } from "../../src/verdict/stored/stored-baseline.ts";
import { judge, noTargetVerdict } from "../../src/verdict/verdict-of.ts";
import { home, resultOf, steadyBlocks } from "./runs.ts";

const result = resultOf(steadyBlocks(40, 10, (_, i) => ({ latencyMs: 20 + i })));
const broken: ThresholdResult = {
  source: "p95 < 10ms",
  place: "slo:1",
  endpoint: null,
  metric: "p95",
  unit: "ms",
  operator: "<",
  expected: 10,
  actual: 29,
  interval: [28, 30],
  n: 400,
  outcome: "fail",
  message: "p95 is 29 ms, promised < 10 ms",
};
const slower: Comparison = {
  endpoint: home,
  metric: "p95",
  method: "side-by-side",
  before: 221,
  after: 305,
  change: { estimate: 0.38, low: 0.29, high: 0.48 },
  p: 0.0001,
  n: 4812,
  tolerance: 0.1,
  smallestDetectable: 0.06,
  outcome: "regressed",
  warnings: [],
  explanation: [],
};
const undecided: Comparison = { ...slower, outcome: "inconclusive", warnings: ["only 40 requests"] };
const codes = (verdict: { reasons: readonly { code: string }[] }) => verdict.reasons.map(({ code }) => code);

describe("the verdict", () => {
  test("invalid outweighs everything and hides nothing", () => {
    const verdict = judge({
      result: { ...result, interrupted: true },
      thresholds: [broken],
      comparisons: [slower, undecided],
    });
    expect(verdict.conclusion).toBe("invalid");
    expect(codes(verdict)).toEqual(["interrupted", "slo", "regression", "inconclusive"]);
  });

  test("a broken promise fails before a regression, a regression before the undecided", () => {
    const both = judge({ result, thresholds: [broken], comparisons: [undecided, slower] });
    expect([both.conclusion, ...codes(both)]).toEqual(["fail", "slo", "regression", "inconclusive"]);
    expect(both.reasons[1]?.message).toBe("GET /home p95 is 38 % slower (221 ms → 305 ms, +29 … +48 %).");
  });

  test("a promise without data is broken", () => {
    const verdict = judge({ result, thresholds: [{ ...broken, outcome: "no-data" }], comparisons: [] });
    expect(verdict.conclusion).toBe("fail");
  });

  test("undecided is inconclusive and says what could be seen", () => {
    const verdict = judge({ result, thresholds: [], comparisons: [undecided] });
    expect(verdict.conclusion).toBe("inconclusive");
    expect(verdict.reasons[0]?.message).toContain("6 %");
  });

  test.each([
    [undefined, "only 40 requests", "More load or a longer run"],
    ["missing", "there was no second pass to confirm it", "results of other jobs have none"],
    ["disagreed", "the second pass did not show it", "If the next run shows it as well"],
    ["too-few-requests", "the second pass had too few requests to confirm it", "More load or a longer run"],
  ] as const)("what to do about the undecided depends on why: %s", (confirmation, why, remedy) => {
    // Whatever the warnings say: what happened is a value.
    const comparisons = [{ ...undecided, warnings: [confirmation ? "seen twice" : why], confirmation }];
    const verdict = judge({ result, thresholds: [], comparisons });
    expect(verdict.reasons[0]).toMatchObject({ code: "inconclusive", remedy: expect.stringContaining(remedy) });
    expect(verdict.reasons[0]?.message).toContain(why);
    expect(verdict.reasons[0]?.message.startsWith("Seen once")).toBe(confirmation !== undefined);
  });

  test("a waived regression does not fail", () => {
    const waived = { until: "2026-12-24", reason: "fraud check added" };
    const verdict = judge({ result, thresholds: [], comparisons: [{ ...slower, waived }] });
    expect(verdict.conclusion).toBe("pass");
  });

  test("the worst culprit comes first", () => {
    const worse: Comparison = {
      ...slower,
      metric: "p50",
      tolerance: 0.05,
      change: { estimate: 0.3, low: null, high: null },
    };
    const verdict = judge({ result, thresholds: [], comparisons: [slower, worse] });
    expect(verdict.reasons[0]?.message).toContain("p50");
  });

  test("without a baseline it passes and says why nothing was compared", () => {
    const { comparisons, findings } = compareWithBaseline({ result, baseline: null, settings: defaultCompareSettings });
    const verdict = judge({ result, thresholds: [], comparisons, findings });
    expect([verdict.conclusion, ...codes(verdict)]).toEqual(["pass", "no-baseline"]);
  });

  test("the locustfile's own exit code fails the run", () => {
    const verdict = judge({
      result: resultOf(
        steadyBlocks(1, 9, () => ({})),
        { trouble: { processExitCode: 7 } },
      ),
      thresholds: [],
      comparisons: [],
    });
    expect(verdict.conclusion).toBe("fail");
    expect(exitCodeOf({ verdict, failOn: defaultFailOn, processExitCode: 7 })).toBe(7);
  });
});

describe("the exit code", () => {
  const of = (
    changes: { thresholds?: ThresholdResult[]; comparisons?: Comparison[]; interrupted?: boolean },
    failOn: Iterable<FailOn>,
  ) =>
    exitCodeOf({
      verdict: judge({
        result: { ...result, interrupted: changes.interrupted ?? false },
        thresholds: changes.thresholds ?? [],
        comparisons: changes.comparisons ?? [],
      }),
      failOn: new Set(failOn),
      signal: "SIGTERM",
    });

  test.each([
    ["a pass", {}, defaultFailOn, 0],
    ["a broken promise", { thresholds: [broken] }, defaultFailOn, 99],
    ["a broken promise nobody fails on", { thresholds: [broken] }, ["regression"], 0],
    ["a regression", { comparisons: [slower] }, defaultFailOn, 99],
    ["an undecided run", { comparisons: [undecided] }, defaultFailOn, 0],
    ["an undecided run told to fail", { comparisons: [undecided] }, ["inconclusive"], 3],
    ["an interrupted run, whatever it fails on", { interrupted: true }, [], 143],
  ] as const)("%s", (_, changes, failOn, code) => {
    expect(of(changes as Parameters<typeof of>[0], failOn)).toBe(code);
  });

  test("nothing deployed and told to pass", () => {
    expect(exitCodeOf({ verdict: noTargetVerdict("nothing was deployed"), failOn: defaultFailOn })).toBe(0);
  });
});
