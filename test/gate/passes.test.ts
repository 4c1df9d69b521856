import { describe, expect, test } from "vitest";
import { passesOf } from "../../src/baseline/pass-blocks.ts";
import { recordOf } from "../../src/baseline/record.ts";
import { type PassQuestion, wantsAnotherPass } from "../../src/gate/passes.ts";
import { appendRun } from "../../src/gate/results/append-run.ts";
import type { RunResult } from "../../src/stats/run-result.ts";
import type { Comparison } from "../../src/verdict/comparison.ts";
import { blockOf, resultOf, sample } from "../verdict/runs.ts";

const comparison = (changes: Partial<Comparison>): Comparison => ({
  endpoint: { method: "GET", name: "/" },
  metric: "p95",
  method: "baseline",
  before: 20,
  after: 21,
  change: { estimate: 0.05, low: -0.1, high: 0.2 },
  p: 0.2,
  n: 1000,
  tolerance: 0.1,
  smallestDetectable: 0.3,
  outcome: "could-not-tell",
  warnings: [],
  explanation: [],
  ...changes,
});

const question: PassQuestion = {
  settings: {
    "run-time": 60_000,
    requests: null,
    "max-duration": 240_000,
    mode: "gate",
    "save-baseline": "auto",
  },
  passes: 1,
  spentMs: 65_000,
  teaches: false,
  hasPast: true,
  verdict: { conclusion: "pass", reasons: [], comparisons: [comparison({})] },
};
const wants = (changes: Partial<PassQuestion>) => wantsAnotherPass({ ...question, ...changes });
const verdictOf = (...comparisons: Comparison[]): PassQuestion["verdict"] => ({ ...question.verdict, comparisons });

describe("another pass against stored runs", () => {
  test("is made while something could not be told, or looks worse; never where all is decided", () => {
    expect(wants({})).toBe(true);
    expect(wants({ verdict: verdictOf(comparison({ outcome: "regressed" })) })).toBe(true);
    expect(
      wants({ verdict: verdictOf(comparison({ outcome: "unchanged" }), comparison({ outcome: "improved" })) }),
    ).toBe(false);
    const hopeless = comparison({ notJudged: "too-few-requests" });
    const unseen = comparison({ outcome: "inconclusive", p: null });
    expect(wants({ verdict: verdictOf(comparison({ outcome: "unchanged" }), hopeless, unseen) })).toBe(false);
  });

  test("is made by the branch that teaches, whatever was decided, and by nobody else without a past", () => {
    const decided = verdictOf(comparison({ outcome: "unchanged" }));
    expect(wants({ teaches: true, hasPast: false, verdict: decided })).toBe(true);
    expect(wants({ teaches: false, hasPast: false })).toBe(false);
  });

  test("is not made where there is no time for it, three were made, or the run is no repeatable one", () => {
    expect(wants({ passes: 2, spentMs: 130_000 })).toBe(true);
    expect(wants({ passes: 2, spentMs: 170_000 })).toBe(false);
    expect(wants({ passes: 3, spentMs: 100_000 })).toBe(false);
    expect(wants({ settings: { ...question.settings, "run-time": 10_000 } })).toBe(false);
    expect(wants({ settings: { ...question.settings, requests: 500 } })).toBe(false);
  });

  test("is not made of a run that is invalid or has broken a promise already", () => {
    expect(wants({ verdict: { ...question.verdict, conclusion: "invalid" } })).toBe(false);
    const broken = { conclusion: "fail", reasons: [{ code: "slo", message: "p95" }] } as const;
    expect(wants({ verdict: { ...question.verdict, ...broken } })).toBe(false);
  });
});

/** A run of ten blocks about so many milliseconds, the first two of them warm-up. */
function pass(ms: number): RunResult {
  const blocks = Array.from({ length: 12 }, (_, block) =>
    blockOf(
      block,
      Array.from({ length: 20 }, (_, i) => sample({ latencyMs: ms + i })),
      { phase: block < 2 ? "warm-up" : "steady" },
    ),
  );
  return resultOf(blocks);
}

describe("passes of one run", () => {
  const three = appendRun(appendRun(pass(20), pass(24)), pass(22));

  test("are told apart by their warm-ups", () => {
    expect(passesOf(three.blocks).map((blocks) => blocks.length)).toEqual([10, 10, 10]);
    expect(passesOf(pass(20).blocks)).toHaveLength(1);
  });

  test("are kept in the record, each with its percentiles, beside the histogram of all", () => {
    const { passes, endpoints } = recordOf(three);
    expect(passes).toBe(3);
    expect(endpoints[0]?.requests).toBe(600);
    const medians = endpoints[0]?.passes?.map(({ p50 = 0 }) => Math.round(p50));
    expect(medians).toEqual([29, 33, 31]);
    // Two requests of two hundred lie beyond a p99: too few to say anything.
    expect(endpoints[0]?.passes?.[0]?.p99).toBeUndefined();
  });

  test("of which there is one leave nothing of it in the record", () => {
    const { passes, endpoints } = recordOf(pass(20));
    expect([passes, endpoints[0]?.passes]).toEqual([undefined, undefined]);
  });
});
