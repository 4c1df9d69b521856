import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { doubtfulAmong, type Evidence, outcomeOf, sizeOf } from "../../src/verdict/outcome.ts";

const evidence = fc.record<Evidence>({
  proven: fc.record({ worse: fc.boolean(), better: fc.boolean() }),
  excluded: fc.boolean(),
  size: fc.constantFrom("worse", "within", "better", "too-small"),
  p: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});

describe("what is said of a comparison", () => {
  test("unchanged is proven: twice the tolerance excluded and the estimate within it", () => {
    fc.assert(
      fc.property(evidence, (seen) => {
        if (outcomeOf(seen) === "unchanged") expect([seen.excluded, seen.size]).toEqual([true, "within"]);
      }),
    );
  });

  test("nothing that is shown within the tolerance regressed", () => {
    fc.assert(fc.property(evidence, (seen) => outcomeOf({ ...seen, size: "within" }) !== "regressed"));
  });

  test("what could not be told leaves the run open where it looks worse or has a small chance, and nowhere else", () => {
    const open: Evidence = { proven: { worse: false, better: false }, excluded: false, size: "within", p: 0.3 };
    expect(outcomeOf(open)).toBe("could-not-tell");
    expect(outcomeOf({ ...open, p: null })).toBe("could-not-tell");
    expect(outcomeOf({ ...open, p: 0.04 })).toBe("inconclusive");
    expect(outcomeOf({ ...open, size: "worse", p: null })).toBe("inconclusive");
    expect(outcomeOf({ ...open, size: "too-small", p: 0.0001 })).toBe("could-not-tell");
  });

  test("among many comparisons a small chance has to be smaller, so that half of unchanged runs have none", () => {
    expect([doubtfulAmong(0), doubtfulAmong(1), doubtfulAmong(10)]).toEqual([0.05, 0.05, 0.05]);
    expect(doubtfulAmong(40)).toBe(0.0125);
    const open: Evidence = { proven: { worse: false, better: false }, excluded: false, size: "within", p: 0.03 };
    expect([outcomeOf(open), outcomeOf({ ...open, limit: doubtfulAmong(40) })]).toEqual([
      "inconclusive",
      "could-not-tell",
    ]);
  });

  test("a change past the tolerance that is smaller than the minimum effect is too small, to either side", () => {
    const of = (estimate: number) => sizeOf({ estimate, before: 0.5, tolerance: 0.1, minEffectMs: 1 });
    expect([of(0.6), of(-0.4), of(0.05), of(2.1)]).toEqual(["too-small", "too-small", "within", "worse"]);
    expect(sizeOf({ estimate: -0.2, before: 500, tolerance: 0.1, minEffectMs: 1 })).toBe("better");
  });
});
