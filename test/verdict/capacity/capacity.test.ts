import { describe, expect, test } from "vitest";
import { parseThresholds } from "../../../src/slo/threshold/threshold.ts";
import type { Sample } from "../../../src/stats/sample.ts";
import {
  type Capacity,
  compareCapacity,
  isDrop,
  openEnd,
  precisionOf,
} from "../../../src/verdict/capacity/capacity.ts";
import type { Tried } from "../../../src/verdict/capacity/capacity-plan.ts";
import { judgeStep } from "../../../src/verdict/capacity/capacity-step.ts";
import { blockOf, calm, resultOf, sample } from "../runs.ts";

const { thresholds } = parseThresholds("p95 < 100ms\nerrors < 1%", "slo");
const refused = { failure: { kind: "connect", message: "connection refused" } } as const;

/** Thirty blocks of twenty requests each. */
function runOf(
  change: Partial<Sample> = {},
  {
    health = calm,
    arrivalRate = null as number | null,
    ...trouble
  }: Record<string, unknown> & { health?: typeof calm; arrivalRate?: number | null } = {},
) {
  const samples = Array.from({ length: 20 }, () => sample(change));
  const blocks = Array.from({ length: 30 }, (_, block) => blockOf(block, samples, { health: [health] }));
  const result = resultOf(blocks, { trouble });
  return { ...result, meta: { ...result.meta, profile: { ...result.meta.profile, arrivalRate } } };
}

const outcome = (result: ReturnType<typeof runOf>, hasHeld = true) =>
  judgeStep({ load: 10, result, thresholds, hasHeld }).outcome;

describe("a step", () => {
  test("holds while every promise is kept, and is broken by one that is not", () => {
    expect(outcome(runOf())).toBe("held");
    expect(outcome(runOf({ latencyMs: 300 }))).toBe("broken");
    const step = judgeStep({ load: 10, result: runOf({ latencyMs: 300 }), thresholds, hasHeld: false });
    expect(step).toMatchObject({ load: 10, outcome: "broken", requests: 600, rps: 40, windowMs: 15_000 });
    expect(step.why).toMatch(/p95 of all requests was 300 ms.*promised below 100 ms/);
  });

  test("is no step of the target while the generator is saturated, whatever the latencies", () => {
    const busy = { ...calm, utilization: 0.97 };
    expect(outcome(runOf({}, { health: busy }))).toBe("limited");
    expect(outcome(runOf({ latencyMs: 300 }, { health: busy }))).toBe("limited");
  });

  test("in the open model late starts are the target's where the generator has time to spare", () => {
    const late = { ...calm, lateStarts: 15 };
    expect(outcome(runOf({ latencyMs: 300 }, { health: late, arrivalRate: 40 }))).toBe("broken");
    expect(outcome(runOf({}, { health: late, arrivalRate: 40 }))).toBe("limited");
    expect(outcome(runOf({ latencyMs: 300 }, { health: { ...late, utilization: 0.97 }, arrivalRate: 40 }))).toBe(
      "limited",
    );
  });

  test("a target that goes away under a load is broken by it, if it held a smaller one", () => {
    expect(outcome(runOf(refused))).toBe("broken");
    expect(outcome(runOf(refused), false)).toBe("unjudged");
  });

  test("cannot be judged where the locustfile is wrong, however much was held before", () => {
    const missingAwaits = [{ task: "a", place: null, count: 1 }];
    expect(outcome(runOf({}, { missingAwaits }))).toBe("unjudged");
    expect(outcome(runOf({ latencyMs: 300 }, { missingAwaits }))).toBe("unjudged");
    expect(outcome(runOf({}, { peakUsers: 3 }))).toBe("unjudged");
  });
});

function searched(tried: readonly Tried[], end: Capacity["end"] = "bracketed"): Capacity {
  const numbers = { windowMs: 1, requests: 100, rps: 10, errorRatio: 0, p50Ms: 1, p95Ms: 1, p99Ms: 1, utilization: 0 };
  const steps = tried.map((one) => ({ ...one, ...numbers, why: null }));
  return { unit: "users", steps, end, bounds: { start: 10, least: 1, most: 1000, isWhole: true, precision: 0.05 } };
}

const held = (load: number): Tried => ({ load, outcome: "held" });
const broken = (load: number): Tried => ({ load, outcome: "broken" });
const settings = { confidence: 0.99, tolerance: 0.1 };

describe("a capacity against earlier ones", () => {
  const past = [400, 410, 395, 400, 405, 400, 390, 400];

  test("has dropped where it is past the tolerance, proven, and seen twice", () => {
    const drop = searched([held(200), broken(210), broken(210)]);
    expect(compareCapacity(drop, { past, settings })).toMatchObject({ outcome: "regressed", after: 200 });
    expect(compareCapacity(drop, { past, settings })?.change?.estimate).toBeCloseTo(-0.5, 2);
    expect(isDrop(200, { past, settings })).toBe(true);
    const once = compareCapacity(searched([held(200), broken(210)]), { past, settings });
    expect(once).toMatchObject({ outcome: "inconclusive", warnings: [expect.stringMatching(/seen once/)] });
  });

  test("without earlier ones is told all the same, and compared with nothing", () => {
    const first = compareCapacity(searched([held(200), broken(210)]), { past: [], settings });
    expect(first).toMatchObject({ metric: "capacity", outcome: "no-baseline", before: null, after: 200, change: null });
    expect(compareCapacity(searched([broken(10), broken(5)]), { past: [], settings })).toBeNull();
    expect(openEnd(searched([held(200)], "time"), first).map(({ code }) => code)).toEqual(["inconclusive"]);
  });

  test("has not dropped within the tolerance, nor by what runs differ anyhow", () => {
    expect(compareCapacity(searched([held(380), broken(398)]), { past, settings })).toMatchObject({
      outcome: "unchanged",
    });
    expect(isDrop(380, { past, settings })).toBe(false);
    // One stored run and a third less: runs are taken to differ by 10 %, so that proves nothing.
    const one = { past: [300], settings };
    expect(compareCapacity(searched([held(250), broken(260), broken(260)]), one)).toMatchObject({
      outcome: "inconclusive",
    });
    expect(compareCapacity(searched([held(90), broken(94), broken(94)]), one)).toMatchObject({ outcome: "regressed" });
  });

  test("has risen where that is proven", () => {
    expect(compareCapacity(searched([held(800), broken(840)]), { past, settings })).toMatchObject({
      outcome: "improved",
    });
  });

  test("a lower bound is no drop: what held says nothing of what would have held", () => {
    const limited = searched(
      [held(200), { load: 400, outcome: "limited" }, { load: 400, outcome: "limited" }],
      "limited",
    );
    const comparison = compareCapacity(limited, { past, settings });
    expect(comparison).toMatchObject({ outcome: "inconclusive", warnings: [expect.stringMatching(/lower bound/)] });
    expect(openEnd(limited, comparison).map(({ code }) => code)).toEqual(["inconclusive"]);
    const enough = searched(
      [held(400), { load: 800, outcome: "limited" }, { load: 800, outcome: "limited" }],
      "limited",
    );
    const same = compareCapacity(enough, { past, settings });
    expect(same?.outcome).toBe("unchanged");
    expect(openEnd(enough, same)).toEqual([]);
  });

  test("nothing that held for sure is inconclusive, never a pass without a word", () => {
    const open = searched([
      { load: 4, outcome: "undecided" },
      { load: 2, outcome: "broken" },
      { load: 1, outcome: "undecided" },
    ]);
    expect(openEnd(open, compareCapacity(open, { past: [], settings }))).toMatchObject([
      {
        code: "inconclusive",
        message: expect.stringMatching(/^No load keeps the promises for sure, not even 1 user: /),
      },
    ]);
    // A promise that is broken is a reason of its own.
    expect(openEnd(searched([broken(4), broken(2)]), null)).toEqual([]);
  });

  test("the bracket is half as wide as what may be lost", () => {
    expect(precisionOf(0.1)).toBe(0.05);
    expect(precisionOf(0.01)).toBe(0.02);
  });
});
