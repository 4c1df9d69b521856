import { expect, test } from "vitest";
import type { ThreadHealth } from "../../../src/stats/health.ts";
import { stoodStill } from "../../../src/verdict/validity/stood-still.ts";
import { invalidities } from "../../../src/verdict/validity/validity.ts";
import { blockOf, calm, resultOf, sample } from "../runs.ts";

/** Of each block's ten requests, `stalled` overlapped a stall of the generator. */
function run(stalled: number, thread: Partial<ThreadHealth>) {
  const blocks = Array.from({ length: 20 }, (_, block) => {
    const one = blockOf(
      block,
      Array.from({ length: 10 - stalled }, () => sample()),
      { health: [{ ...calm, ...thread }] },
    );
    for (const cell of one.cells.values()) for (let i = 0; i < stalled; i++) cell.record(sample(), "stalled");
    return one;
  });
  return resultOf(blocks);
}

test("a generator that computes for long now and then is saturated, whatever the p99 of its loop says", () => {
  const reason = stoodStill(run(9, { utilization: 0.7, cpu: 0.7, delayP99Ms: 0.4, delayMaxMs: 600 }));
  expect(reason).toMatchObject({ code: "saturated" });
  expect(reason?.message).toContain("180 of 200 requests");
  expect(invalidities(run(9, { utilization: 0.7, cpu: 0.7 })).map(({ code }) => code)).toEqual(["saturated"]);
});

test("one that was stopped though it had little to do had no machine", () => {
  expect(stoodStill(run(9, { utilization: 0.05, cpu: 0.05 }))).toMatchObject({ code: "machine-busy" });
});

test("a fifth and less is told and leaves the rest to be judged", () => {
  expect(stoodStill(run(2, { utilization: 0.7 }))).toBeNull();
  expect(stoodStill(run(0, {}))).toBeNull();
});
