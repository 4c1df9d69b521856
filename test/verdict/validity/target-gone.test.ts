import { describe, expect, test } from "vitest";
import type { Arm } from "../../../src/stats/endpoint.ts";
import type { Liveness } from "../../../src/stats/liveness.ts";
import { type Block, blockMs } from "../../../src/stats/snapshot.ts";
import { defaultFailOn, exitCodeOf, type FailOn } from "../../../src/verdict/exit-code.ts";
import { silenceOf } from "../../../src/verdict/validity/silence.ts";
import { headGone, targetGone } from "../../../src/verdict/validity/target-gone.ts";
import { judge } from "../../../src/verdict/verdict-of.ts";
import { blockOf, resultOf, sample } from "../runs.ts";

/** What was heard of an arm in each of 60 blocks. */
type Heard = (block: number) => Partial<Liveness> | undefined;

const answers = { answers: 10 };
/** Ten requests in flight since the block before `from` and its like. */
const silent = (from: number, changes: Partial<Liveness> = {}): Partial<Liveness> => ({
  inFlight: 10,
  youngestMs: (from - 1) * blockMs + 100,
  patienceMs: 3000,
  ...changes,
});
const hangs =
  (from: number, to = 60, changes: Partial<Liveness> = {}): Heard =>
  (block) =>
    block >= from && block < to ? silent(from, changes) : answers;

function run(heard: Partial<Record<Arm, Heard>>, { tail = 0 }: { tail?: number } = {}) {
  const arms = Object.keys(heard) as Arm[];
  const blocks = Array.from({ length: 60 + tail }, (_, block): Block => {
    const liveness: Partial<Record<Arm, Liveness>> = {};
    for (const arm of arms) {
      const one = heard[arm]?.(block);
      if (one) liveness[arm] = { answers: 0, inFlight: 0, youngestMs: -1, patienceMs: 0, ...one };
    }
    const samples = block < 20 ? arms.map((arm) => sample({ arm })) : [];
    return { ...blockOf(block, samples, { phase: block < 60 ? "steady" : "tail" }), liveness };
  });
  return resultOf(blocks);
}

describe("a target is gone", () => {
  test("when no answer came for three seconds to the end, and the moment is named", () => {
    const reason = targetGone(run({ head: hangs(31) }));
    expect(reason?.code).toBe("target-gone");
    expect(reason?.message).toBe(
      "The target stopped answering 15.5 s after the start (00:00:15 UTC) and did not answer again before the run ended: " +
        "up to 10 requests were in flight for 14.5 s without a byte of an answer.",
    );
    expect(targetGone(run({ head: hangs(54) }))).not.toBeNull();
    expect(targetGone(run({ head: hangs(55) }))).toBeNull();
  });

  test("not when the silence ended, however late: in the tail of the run, too", () => {
    expect(targetGone(run({ head: hangs(20, 50) }))).toBeNull();
    const late: Heard = (block) => (block < 30 || block === 61 ? answers : silent(30));
    expect(targetGone(run({ head: late }, { tail: 4 }))).toBeNull();
  });

  test("not before ten times what its endpoints usually take, or the timeout of one that never answered", () => {
    expect(targetGone(run({ head: hangs(30, 60, { patienceMs: 15_000 }) }))).not.toBeNull();
    expect(targetGone(run({ head: hangs(31, 60, { patienceMs: 15_000 }) }))).toBeNull();
    const cold: Heard = () => silent(1, { patienceMs: 60_000 });
    expect(targetGone(run({ head: cold }))).toBeNull();
  });

  test("not where nothing was asked, where one request hangs alone, or where our own loop stood still", () => {
    const nothing: Heard = (block) => (block < 30 ? answers : undefined);
    expect(targetGone(run({ head: nothing }))).toBeNull();
    // It began while others were still answered.
    expect(targetGone(run({ head: hangs(30, 60, { inFlight: 1, youngestMs: 5000 }) }))).toBeNull();
    const frozen: Heard = (block) => (block < 30 ? answers : block > 56 ? silent(30) : undefined);
    expect(targetGone(run({ head: frozen }))).toBeNull();
  });

  test("and documents that do not say what was heard say nothing of it", () => {
    expect(silenceOf(resultOf([blockOf(0, [sample()])]).blocks, "head")).toBeNull();
  });
});

describe("of a pair", () => {
  const fine: Heard = () => answers;
  const verdictOf = (heard: Partial<Record<Arm, Heard>>) =>
    judge({ result: run(heard), thresholds: [], comparisons: [] });

  test("the head alone is a regression", () => {
    const verdict = verdictOf({ head: hangs(30), base: fine });
    expect(verdict.conclusion).toBe("fail");
    expect(verdict.reasons[0]).toMatchObject({
      code: "regression",
      message: expect.stringMatching(/^The head stopped answering 15 s .* The base beside it answered/),
    });
    expect(exitCodeOf({ verdict, failOn: defaultFailOn })).toBe(99);
  });

  test("a base whose twins wait for a head that hangs is not gone", () => {
    const waits: Heard = (block) => (block < 30 ? answers : undefined);
    expect(headGone(run({ head: hangs(30), base: waits }))).not.toBeNull();
  });

  test("the base alone, or both, make the run invalid", () => {
    for (const head of [fine, hangs(30)]) {
      const verdict = verdictOf({ head, base: hangs(30) });
      expect(verdict.conclusion).toBe("invalid");
      expect(verdict.reasons.map(({ code }) => code)).toEqual(["target-gone"]);
    }
    expect(verdictOf({ head: hangs(30), base: hangs(30) }).reasons[0]?.message).toMatch(/The head .* The base /);
  });

  test.each<[string, FailOn[], number]>([
    ["whatever fail-on names", ["slo", "target-gone"], 3],
    ["nothing where it names none", [], 0],
  ])("a target that is gone fails %s", (_, failOn, exitCode) => {
    expect(exitCodeOf({ verdict: verdictOf({ head: hangs(30) }), failOn: new Set(failOn) })).toBe(exitCode);
  });
});
