import { describe, expect, test } from "vitest";
import { emptyBaseline } from "../../../src/baseline/baseline.ts";
import { recordOf } from "../../../src/baseline/record.ts";
import type { RunResult } from "../../../src/stats/run-result.ts";
import { isJudged } from "../../../src/stats/summary.ts";
import { compare } from "../../../src/verdict/compare.ts";
import type { Comparison } from "../../../src/verdict/comparison.ts";
import { type CompareSettings, defaultCompareSettings } from "../../../src/verdict/settings.ts";
import { judgeSideBySide } from "../../../src/verdict/side-by-side/side-by-side.ts";
import { throughputOf } from "../../../src/verdict/side-by-side/throughput.ts";
import { type Simulation, simulate } from "../../support/simulated-run.ts";

const plan = {
  shop: [
    { endpoint: { method: "GET", name: "/a" }, weight: 3, medianMs: 12 },
    { endpoint: { method: "GET", name: "/b" }, weight: 1, medianMs: 30 },
  ],
  users: 20,
  waitMs: 200,
  seconds: 60,
} satisfies Omit<Simulation, "seed">;
const run = (seed: string, changes: Partial<Simulation> = {}) => simulate({ ...plan, seed, ...changes });
/** A cap on the target as a whole: every answer takes a quarter of a second longer. */
const capped: Simulation["answer"] = ({ usualMs }) => ({ ms: usualMs + 250 });
const cappedHead: Simulation["answer"] = ({ arm, usualMs }) => ({ ms: usualMs + (arm === "head" ? 250 : 0) });

const asked: CompareSettings = { ...defaultCompareSettings, metrics: ["p95", "errors", "throughput"] };
const history = Array.from({ length: 6 }, (_, i) => recordOf(run(`past ${i}`)));
const stored = (result: RunResult, settings: CompareSettings) =>
  compare({
    result,
    against: { kind: "baseline", baseline: { ...emptyBaseline("shop"), records: history } },
    settings,
    waivers: [],
    today: "2026-12-01",
  }).comparisons;
const throughput = (comparisons: readonly Comparison[]) => comparisons.filter(({ metric }) => metric === "throughput");

describe("throughput of a closed model", () => {
  test("is judged against stored runs where it is asked for", () => {
    const [fell] = throughput(stored(run("now", { answer: capped }), asked));
    expect(fell).toMatchObject({ outcome: "regressed", endpoint: null, method: "baseline", tolerance: 0.1 });
    expect(fell?.change?.estimate).toBeLessThan(-0.3);
    expect(fell?.change?.high).toBeLessThan(0);
    const [same] = throughput(stored(run("now"), asked));
    expect(["unchanged", "could-not-tell"]).toContain(same?.outcome);
  });

  test("is shown with an interval, and judges nothing, where it is not", () => {
    const result = run("now", { answer: capped });
    expect(throughput(stored(result, defaultCompareSettings))).toEqual([]);
    const shown = throughputOf(result, history);
    expect(shown?.change?.estimate).toBeLessThan(-0.3);
    expect(shown?.change?.low).toBeLessThan(shown?.change?.estimate ?? 0);
    expect(throughputOf(run("first"), [])).toMatchObject({ before: null, change: null });
  });

  test("side by side is confirmed by a second pass, or seen once", () => {
    const { blocks } = run("pair", { twoArms: true, answer: cappedHead });
    const judged = blocks.filter(isJudged);
    const question = {
      settings: { ...asked, metrics: ["p95", "throughput"] as const },
      runTimeMs: 60_000,
      maxDurationMs: 240_000,
    };
    const judge = (some: typeof judged, over: boolean) => judgeSideBySide({ ...question, blocks: some, over });
    expect(judge(judged, false).next).toMatchObject({ action: "confirm" });
    expect(throughput(judge(judged, true).comparisons)).toMatchObject([
      { outcome: "inconclusive", confirmation: "missing" },
    ]);
    const again = run("second", { twoArms: true, answer: cappedHead }).blocks.filter(isJudged);
    const second = again.map((block) => ({ ...block, block: block.block + 1000, phase: "confirmation" as const }));
    expect(throughput(judge([...judged, ...second], true).comparisons)).toMatchObject([
      { outcome: "regressed", confirmation: "agreed" },
    ]);
    const fine = run("third", { twoArms: true }).blocks.filter(isJudged);
    const not = fine.map((block) => ({ ...block, block: block.block + 1000, phase: "confirmation" as const }));
    expect(throughput(judge([...judged, ...not], true).comparisons)).toMatchObject([
      { outcome: "inconclusive", confirmation: "disagreed" },
    ]);
  });
});

test("two hundred pairs of equals: throughput is never called less", () => {
  let less = 0;
  for (let i = 0; i < 200; i++) {
    const blocks = run(`equal ${i}`, { twoArms: true, seconds: 30, users: 8 }).blocks.filter(isJudged);
    const settings = { ...asked, metrics: ["p95", "throughput"] as const };
    const judged = judgeSideBySide({ settings, blocks, runTimeMs: 30_000, maxDurationMs: 60_000, over: true });
    if (throughput(judged.comparisons).some(({ outcome, confirmation }) => outcome === "regressed" || confirmation))
      less++;
  }
  expect(less).toBe(0);
});
