import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bracketOf,
  isConfirmed,
  type NextStep,
  nextStep,
  type SearchBounds,
  type StepOutcome,
  type Tried,
} from "../../../src/verdict/capacity/capacity-plan.ts";

const users: SearchBounds = { start: 10, least: 1, most: 1000, isWhole: true, precision: 0.05 };

/** Searches a target to the end of the plan; `outcomes` is asked at every step. */
function search(
  bounds: SearchBounds,
  outcomeAt: (load: number, tried: readonly Tried[]) => StepOutcome,
  isSuspicious?: (held: number) => boolean,
): { tried: readonly Tried[]; last: NextStep } {
  const tried: Tried[] = [];
  for (let i = 0; i < 200; i++) {
    const next = nextStep(tried, bounds, isSuspicious);
    if ("end" in next) return { tried, last: next };
    tried.push({ load: next.load, outcome: outcomeAt(next.load, tried) });
  }
  throw new Error("the search does not end");
}

const target = (knee: number) => (load: number) => (load <= knee ? "held" : "broken") as StepOutcome;

const boundsOf = fc
  .record({
    least: fc.double({ min: 0.1, max: 10, noNaN: true }),
    reach: fc.double({ min: 1, max: 5000, noNaN: true }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    precision: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
    isWhole: fc.boolean(),
  })
  .map(({ least, reach, at, precision, isWhole }): SearchBounds => {
    const low = isWhole ? Math.ceil(least) : least;
    const most = isWhole ? Math.ceil(low * reach) : low * reach;
    return { start: low * (most / low) ** at, least: low, most, isWhole, precision };
  });

describe("the search for the largest load that holds", () => {
  test("brackets the knee of any monotone target to the precision asked for, or says at which end it lies", () => {
    fc.assert(
      fc.property(boundsOf, fc.double({ min: 0.05, max: 100_000, noNaN: true }), (bounds, knee) => {
        const { tried, last } = search(bounds, target(knee));
        const { held, failing } = bracketOf(tried);
        if (!("end" in last)) throw new Error("no end");
        for (const { load } of tried) {
          expect(load).toBeGreaterThanOrEqual(bounds.least);
          expect(load).toBeLessThanOrEqual(bounds.most);
          if (bounds.isWhole) expect(Number.isInteger(load)).toBe(true);
        }
        if (last.end === "cap") return void expect(knee).toBeGreaterThanOrEqual(bounds.most);
        if (last.end === "floor") return void expect(knee).toBeLessThan(bounds.least);
        expect(last.end).toBe("bracketed");
        expect(held).toBeLessThanOrEqual(knee);
        expect(failing).toBeGreaterThan(knee);
        const [low, high] = [held as number, failing as number];
        expect(high / low <= 1 + bounds.precision || (bounds.isWhole && high - low <= 1)).toBe(true);
      }),
    );
  });

  test("takes a number of steps that grows with the logarithm of what it searches, and none twice", () => {
    fc.assert(
      fc.property(boundsOf, fc.double({ min: 0.05, max: 100_000, noNaN: true }), (bounds, knee) => {
        const { tried } = search(bounds, target(knee));
        const doublings = Math.log2(bounds.most / bounds.least);
        const halvings = Math.log2(Math.log(2) / Math.log(1 + bounds.precision));
        expect(tried.length).toBeLessThanOrEqual(Math.ceil(doublings) + Math.ceil(Math.max(0, halvings)) + 4);
        expect(new Set(tried.map(({ load }) => load)).size).toBe(tried.length);
      }),
    );
  });

  test("goes no further up than one step past the first load that fails", () => {
    const { tried } = search(users, target(95));
    expect(tried.map(({ load }) => load)).toEqual([10, 20, 40, 80, 160, 113, 95, 104, 99]);
    expect(tried.filter(({ outcome }) => outcome === "broken").map(({ load }) => load)).toEqual([160, 113, 104, 99]);
  });

  test("goes down where the first load fails already", () => {
    const { tried, last } = search(users, target(3));
    expect(tried.map(({ load }) => load)).toEqual([10, 5, 3, 4]);
    expect(last).toEqual({ end: "bracketed" });
    expect(search(users, target(0)).last).toEqual({ end: "floor" });
  });

  test("never takes what limits the generator for the target's knee", () => {
    const limited = (load: number): StepOutcome => (load > 100 ? "limited" : "held");
    const { tried, last } = search(users, limited);
    expect(tried.map(({ load }) => load)).toEqual([10, 20, 40, 80, 160, 160]);
    expect(last).toEqual({ end: "limited" });
    expect(bracketOf(tried)).toEqual({ held: 80, failing: null });
  });

  test("tries a step again that was limited once, as a hiccup of the host limits it", () => {
    const once = (load: number, tried: readonly Tried[]): StepOutcome =>
      load === 40 && !tried.some((step) => step.load === 40) ? "limited" : target(60)(load);
    const { tried, last } = search(users, once);
    expect(tried.map(({ load }) => load).slice(0, 5)).toEqual([10, 20, 40, 40, 80]);
    expect(last).toEqual({ end: "bracketed" });
  });

  test("believes a drop only when what failed fails again, and goes on where it does not", () => {
    const { tried: real } = search(users, target(95), (held) => held < 500);
    expect(real.at(-1)).toEqual({ load: 99, outcome: "broken" });
    expect(isConfirmed(real)).toBe(true);
    // One passing disturbance at 80 users; the target in truth holds 600.
    const disturbed = (load: number, tried: readonly Tried[]): StepOutcome =>
      load >= 80 && load <= 160 && tried.filter((step) => step.outcome === "broken").length < 1
        ? "broken"
        : target(600)(load);
    const { tried } = search(users, disturbed, (held) => held < 500);
    expect(bracketOf(tried).held).toBeGreaterThan(560);
    const { tried: unsuspected } = search(users, disturbed);
    expect(bracketOf(unsuspected).held).toBeLessThan(80);
  });

  test("ends at once where a step cannot be judged", () => {
    expect(search(users, () => "unjudged")).toEqual({
      tried: [{ load: 10, outcome: "unjudged" }],
      last: { end: "unjudged" },
    });
  });

  test("takes a promise left open for one not kept", () => {
    const open = (load: number): StepOutcome => (load > 50 ? "undecided" : "held");
    expect(bracketOf(search(users, open).tried)).toMatchObject({ held: 50, failing: 52 });
  });
});
