import { expect, test } from "vitest";
import { appendRun } from "../../../src/gate/results/append-run.ts";
import { decodeResult, encodeResult } from "../../../src/stats/document/result-document.ts";
import { blockOf, resultOf, sample } from "../../verdict/runs.ts";

const first = resultOf([blockOf(0, [sample()], { phase: "ramp" }), blockOf(1, [sample(), sample()])], {
  trouble: { retiredPairs: 1, exceptions: [{ message: "no", trace: "", task: "a", count: 2, firstMs: 1, lastMs: 2 }] },
  warnings: [{ code: "a", message: "one" }],
});
const second = resultOf(
  [blockOf(0, [sample()], { phase: "ramp" }), blockOf(1, [sample()], { phase: "confirmation" })],
  {
    trouble: {
      retiredPairs: 2,
      exceptions: [{ message: "no", trace: "", task: "a", count: 3, firstMs: 5, lastMs: 6 }],
    },
    warnings: [
      { code: "a", message: "one" },
      { code: "b", message: "two" },
    ],
  },
);

test("block numbers go on and what was judged stays what it was", () => {
  const both = appendRun(first, second);
  expect(both.blocks.map(({ block, phase }) => [block, phase])).toEqual([
    [0, "ramp"],
    [1, "steady"],
    [2, "ramp"],
    [3, "confirmation"],
  ]);
  expect(both.summary.totals).toEqual(first.summary.totals);
  expect(both.summary.allRequests).toBe(5);
  expect(both.summary.leftOut).toEqual({ ramp: 2, confirmation: 1 });
});

test("troubles of both passes add up and a warning is told once", () => {
  const { trouble, warnings } = appendRun(first, second);
  expect(trouble.retiredPairs).toBe(3);
  expect(trouble.exceptions.map(({ message, count }) => ({ message, count }))).toEqual([{ message: "no", count: 5 }]);
  expect(warnings.map(({ message }) => message)).toEqual(["one", "two"]);
});

test("an interrupted confirmation makes the whole interrupted", () => {
  expect(appendRun(first, { ...second, interrupted: true }).interrupted).toBe(true);
});

test("both passes stand in one document", () => {
  const both = appendRun(first, second);
  const read = decodeResult(encodeResult(both), "result.json");
  expect(read.blocks.map(({ phase }) => phase)).toEqual(both.blocks.map(({ phase }) => phase));
  expect(read.summary.allRequests).toBe(5);
});
