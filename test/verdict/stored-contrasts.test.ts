import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultCompareSettings as settings } from "../../src/verdict/settings.ts";
import type { PastRun } from "../../src/verdict/stored/history.ts";
import { judgeStored } from "../../src/verdict/stored/stored-baseline.ts";
import { drawStored, type StoredSetting } from "../bench/stored-noise.ts";

const noise = { sd: 0.05, correlation: 0.77, jobShare: 0.3, uneven: 0.3 };
const setting: StoredSetting = { noise, endpoints: 10, runs: 10, passes: 1 };

/** What was red in so many draws, each with the seed that makes it again. */
function redDraws(asked: StoredSetting, draws: number): { seed: string; red: string[] }[] {
  return Array.from({ length: draws }, (_, i) => {
    const seed = `stored contrasts ${i}`;
    const comparisons = judgeStored({ ...drawStored(asked, seed), settings });
    const red = comparisons.filter(({ outcome }) => outcome === "regressed");
    return { seed, red: red.map(({ endpoint, metric }) => `${endpoint?.name ?? ""} ${metric}`) };
  }).filter(({ red }) => red.length > 0);
}

describe("an endpoint made faster", () => {
  test("does not turn another one red: five endpoints of 10 to 80 ms, ten stored runs, one of them halved", () => {
    expect(redDraws({ ...setting, endpoints: 5, factors: [1, 0.5] }, 100)).toEqual([]);
  });

  test.each([1, 3, 6, 9])("nor do %i of ten", (count) => {
    const factors = Array.from({ length: count }, () => 0.5);
    expect(redDraws({ ...setting, factors }, 100).length).toBeLessThanOrEqual(2);
  });

  test("hides no other one that got slower", () => {
    const found = redDraws({ ...setting, factors: [0.5, 1.5] }, 50);
    expect(found.filter(({ red }) => red.some((one) => one.startsWith("/e1 "))).length).toBeGreaterThanOrEqual(47);
  });
});

describe("what every endpoint did", () => {
  test("singles out none of them", () => {
    const found = redDraws({ ...setting, factors: Array.from({ length: 10 }, () => 2) }, 50);
    expect(found.flatMap(({ red }) => red.filter((one) => one.startsWith("/")))).toEqual([]);
    expect(found.length).toBe(50);
  });

  test("does not hide the one that did more of it", () => {
    const factors = Array.from({ length: 10 }, (_, i) => (i === 4 ? 5 : 2));
    const found = redDraws({ ...setting, factors }, 50);
    expect(found.filter(({ red }) => red.includes("/e4 p95")).length).toBeGreaterThanOrEqual(48);
  });
});

/** Runs of up to eight endpoints at whatever levels, changed by whatever factors, failing however often. */
const anyCase = fc
  .record({
    endpoints: fc.integer({ min: 1, max: 8 }),
    past: fc.integer({ min: 1, max: 12 }),
    spread: fc.constantFrom(0, 0.001, 0.02, 0.1, 0.5),
    tolerance: fc.constantFrom(0, 0.02, 0.1, 0.5),
  })
  .chain(({ endpoints, past, spread, tolerance }) =>
    fc.record({
      tolerance: fc.constant(tolerance),
      levels: fc.array(fc.double({ min: -1, max: 9, noNaN: true }), { minLength: endpoints, maxLength: endpoints }),
      changes: fc.array(fc.constantFrom(0, 0, 0, -0.7, -0.16, 0.09, 0.1, 0.18, 0.5, 1.5), {
        minLength: endpoints,
        maxLength: endpoints,
      }),
      wobble: fc.array(
        fc.array(
          fc.double({ min: -1, max: 1, noNaN: true }).map((value) => value * spread),
          { minLength: endpoints, maxLength: endpoints },
        ),
        { minLength: past + 1, maxLength: past + 1 },
      ),
      failures: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: past + 1, maxLength: past + 1 }),
    }),
  );

test("a comparison whose own displayed change is below the tolerance is never regressed, whatever the data", () => {
  fc.assert(
    fc.property(anyCase, ({ tolerance, levels, changes, wobble, failures }) => {
      const run = (at: number): PastRun => ({
        startedAt: `2026-01-01T00:00:${String(at).padStart(2, "0")}.000Z`,
        endpoints: levels.map((level, i) => {
          const ms = Math.exp(level + (wobble[at]?.[i] ?? 0) + (at === 0 ? (changes[i] ?? 0) : 0));
          return {
            endpoint: { method: "GET", name: `/e${i}` },
            requests: 1000,
            failures: failures[at] ?? 0,
            latencies: { count: 1000, quantile: (ratio) => ms * (0.5 + ratio) },
          };
        }),
      });
      const [current, ...runs] = wobble.map((_, at) => run(at)) as [PastRun, ...PastRun[]];
      for (const one of judgeStored({ current, runs, settings: { ...settings, tolerance } })) {
        if (one.outcome !== "regressed") continue;
        expect(one.change?.estimate).toBeGreaterThanOrEqual(one.tolerance);
        expect(one.after).toBeGreaterThan(one.before ?? Number.NaN);
      }
    }),
    { numRuns: 500 },
  );
});
