import { describe, expect, test } from "vitest";
import type { Comparison } from "../../../src/verdict/comparison.ts";
import { commonShift } from "../../../src/verdict/side-by-side/common-shift.ts";

const of = (name: string, before: number, after: number, changes: Partial<Comparison> = {}): Comparison => ({
  endpoint: { method: "GET", name },
  metric: "p50",
  method: "baseline",
  before,
  after,
  change: { estimate: after / before - 1, low: null, high: null },
  p: 0.0001,
  n: 4000,
  tolerance: 0.05,
  smallestDetectable: 0.1,
  outcome: "regressed",
  warnings: [],
  explanation: [],
  ...changes,
});
const names = ({ more }: NonNullable<ReturnType<typeof commonShift>>) => more.map(({ name }) => name);

describe("what all endpoints have in common", () => {
  test("is a time where all wait about as long, and blames none, however small it was before", () => {
    const shift = commonShift([of("/", 9, 259), of("/a", 12, 258), of("/b", 31, 285), of("/c", 42, 290)]);
    expect(shift).toMatchObject({ by: "ms", moved: 4, compared: 4, range: null, more: [] });
    expect(shift?.size).toBeCloseTo(249, -1);
  });

  test("is a factor where all are so many times as slow, however long they took before", () => {
    const shift = commonShift([of("/", 10, 15), of("/a", 40, 61), of("/b", 200, 297), of("/c", 900, 1360)]);
    expect(shift).toMatchObject({ by: "ratio", range: null, more: [] });
    expect(shift?.size).toBeCloseTo(0.5, 1);
  });

  test("names who moved more than the rest by time and by factor alike", () => {
    const shift = commonShift([of("/", 10, 15), of("/a", 40, 61), of("/b", 60, 300), of("/c", 90, 136)]);
    expect(shift && names(shift)).toEqual(["/b"]);
  });

  test("is nothing where few moved, where nothing is proven, and of one endpoint", () => {
    const still = (name: string) => of(name, 10, 10.1, { outcome: "unchanged" });
    expect(commonShift([of("/", 10, 15), still("/a"), still("/b")])).toBeNull();
    expect(
      commonShift([of("/", 10, 15, { outcome: "inconclusive" }), of("/a", 10, 15, { outcome: "inconclusive" })]),
    ).toBeNull();
    expect(commonShift([of("/", 10, 15)])).toBeNull();
  });
});
