import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/base/random.ts";
import { defaultCompareSettings as settings } from "../../../src/verdict/settings.ts";
import { comparisonOf } from "../../../src/verdict/side-by-side/comparison-of.ts";
import { confirm } from "../../../src/verdict/side-by-side/confirm.ts";
import { decide, type TestResult } from "../../../src/verdict/side-by-side/decide.ts";
import { driftOf, feltBy } from "../../../src/verdict/side-by-side/drift.ts";
import type { Cell, Series } from "../../../src/verdict/side-by-side/series.ts";
import { cutWindows } from "../../../src/verdict/side-by-side/window.ts";
import { Counts } from "../../../src/verdict/statistics/counts.ts";
import { relativeInterval, slowerThanOthers, slowness } from "../../../src/verdict/statistics/relative-test.ts";
import { slowerThan } from "../../../src/verdict/statistics/score-test.ts";
import { together } from "../../../src/verdict/statistics/screen.ts";
import { countsOf, normals } from "../vector-data.ts";

interface Target {
  /** How many times slower the head's machine is than the base's, block by block. */
  readonly machine?: (block: number) => number;
  /** How many times slower the head's code is, endpoint by endpoint. */
  readonly code?: (endpoint: number) => number;
  readonly endpoints?: number;
  readonly blocks?: number;
  readonly seed?: number;
}

/** 15 requests a block and arm, lognormal about 20 ms and up. */
function measured({ machine = () => 1, code = () => 1, endpoints = 6, blocks = 240, seed = 1 }: Target): Series[] {
  return Array.from({ length: endpoints }, (_, endpoint) => {
    const normal = normals(1000 * seed + endpoint);
    const cells = (factor: (block: number) => number) =>
      Array.from({ length: blocks }, (_, block): Cell => {
        const ms = () => (20 + 5 * endpoint) * Math.exp(0.35 * normal()) * factor(block);
        return {
          failures: 0,
          requests: 15,
          latencies: countsOf(Array.from({ length: 15 }, () => Math.floor(1000 * ms()))),
        };
      });
    return {
      endpoint: { method: "GET", name: `/e${endpoint}` },
      base: cells(() => 1),
      head: cells((block) => machine(block) * code(endpoint)),
    };
  });
}

/** A machine that wavers slowly by some percent, as hosts of their own do; its mean over the run is near 1. */
function wavering(percent: number, seed = "waver"): (block: number) => number {
  const random = Random.from(seed);
  const turns = Array.from({ length: 6 }, () => 6 * random.float());
  return (block) => {
    const sum = turns.reduce((all, turn, i) => all + Math.sin(turn + (block * (i + 1)) / 40), 0);
    return Math.exp((percent / 100) * sum);
  };
}

const groupsOfTwo = (blocks: number) => Array.from({ length: blocks / 2 }, (_, i) => [2 * i, 2 * i + 2] as const);
const look = (series: readonly Series[], blocks = 240) =>
  decide(cutWindows(series, blocks), { settings, alpha: 0.0025, passAlpha: 0.05 });
const of = (decision: ReturnType<typeof look>, name: string, metric: string) => {
  const found = decision.tests.find((one) => one.endpoint?.name === name && one.metric === metric);
  if (!found) throw new Error(`${name} ${metric} is missing`);
  return found;
};

describe("what the other endpoints felt", () => {
  const waver = wavering(4);
  const drifts = measured({ machine: waver }).map(driftOf);

  test("follows the machine", () => {
    const felt = feltBy(drifts, groupsOfTwo(240)) ?? [];
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const truth = groupsOfTwo(240).map(([from]) => Math.log(waver(from)));
    const products = truth.map((value, i) => value * (felt[i] as number));
    const slope = mean(products) / mean(truth.map((value) => value * value));
    expect(slope).toBeGreaterThan(0.85);
    expect(slope).toBeLessThan(1.15);
  });

  test("is unknown with fewer than three of them", () => {
    expect(feltBy(drifts.slice(0, 2), groupsOfTwo(240))).toBeNull();
    expect(feltBy([...drifts.slice(0, 2), null], groupsOfTwo(240))).toBeNull();
    expect(feltBy(drifts.slice(0, 3), groupsOfTwo(240))).not.toBeNull();
  });

  test("is not moved by a few that changed", () => {
    const changed = measured({ code: (endpoint) => (endpoint === 0 ? 3 : endpoint === 1 ? 0.4 : 1) }).map(driftOf);
    const felt = Array.from(feltBy(changed, groupsOfTwo(240)) ?? [Number.NaN]);
    expect(Math.abs(felt.reduce((a, b) => a + b, 0) / felt.length)).toBeLessThan(0.02);
  });

  test("is no measure of the machine when most of them changed", () => {
    const faster = measured({ code: () => 0.7 }).map(driftOf);
    expect(feltBy(faster, groupsOfTwo(240))).toBeNull();
  });

  test("is no measure of the machine where some of them became faster and some did not", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const machine = wavering(4, `some ${seed}`);
      const code = (endpoint: number) => (endpoint < 6 ? 0.9 : 1);
      expect(feltBy(measured({ machine, code, endpoints: 9, seed }).map(driftOf), groupsOfTwo(240))).toBeNull();
      expect(feltBy(measured({ machine, endpoints: 9, seed }).map(driftOf), groupsOfTwo(240))).not.toBeNull();
    }
  });

  test("an endpoint of few requests says nothing", () => {
    expect(driftOf(measured({ endpoints: 1, blocks: 4 })[0] as Series)).toBeNull();
    const empty: Cell = { failures: 0, requests: 0, latencies: Counts.of() };
    expect(driftOf({ endpoint: { method: "GET", name: "/" }, base: [empty], head: [empty] })).toBeNull();
  });
});

describe("the test against the others", () => {
  const windows = together(cutWindows(measured({ endpoints: 1 }), 240).endpoints[0]?.latency ?? []);

  test("is the test by itself where the others felt nothing", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.8, max: 1.25, noNaN: true }), fc.constantFrom(0.5, 0.95), (rho, ratio) => {
        const felt = new Float64Array(120);
        expect(slowerThanOthers({ windows, felt }, { ratio, rho })).toEqual(slowerThan(windows, { ratio, rho }));
      }),
    );
  });

  test("does not see what all of them felt", () => {
    const [one] = measured({ machine: () => 1.1, endpoints: 1 });
    const kept = together(cutWindows([one as Series], 240).endpoints[0]?.latency ?? []);
    const felt = new Float64Array(120).fill(Math.log(1.1));
    expect(slowerThan(kept, { ratio: 0.5, rho: 1.02 }).p).toBeLessThan(0.01);
    expect(slowerThanOthers({ windows: kept, felt }, { ratio: 0.5, rho: 1.02 }).p).toBeGreaterThan(0.5);
    const { low, estimate, high } = relativeInterval({ windows: kept, felt }, { ratio: 0.5, upper: 0.025 });
    expect(low).toBeLessThan(estimate);
    expect(high).toBeGreaterThan(estimate);
    expect(Math.abs(estimate - 1)).toBeLessThan(0.03);
  });

  test("spends nothing where it is the less precise", () => {
    const noisy = Float64Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? 0.5 : -0.5));
    const question = { ratio: 0.5, rho: 1.02 };
    expect(slowness({ windows, felt: noisy }, question)).toEqual({
      p: slowerThan(windows, question).p,
      by: "itself",
      isHeld: false,
    });
  });
});

describe("one look at versions with machines of their own", () => {
  const machine = wavering(4, "own");
  const one = (factor: number) => (endpoint: number) => (endpoint === 2 ? factor : 1);

  test("an endpoint 10 % slower is seen although the machines waver", () => {
    const series = measured({ machine, code: one(1.1) });
    const decision = look(series);
    const p50 = of(decision, "/e2", "p50");
    expect(p50).toMatchObject({ outcome: "regressed", by: "others" });
    const alone = look([series[2] as Series]);
    expect(p50.up).toBeLessThan(0.0025 / decision.family);
    expect(of(alone, "/e2", "p50").up).toBeGreaterThan(0.0025 / decision.family);
    expect(
      decision.tests.filter(({ outcome }) => outcome === "regressed").map(({ endpoint }) => endpoint?.name),
    ).toEqual(decision.tests.filter(({ outcome }) => outcome === "regressed").map(() => "/e2"));
  });

  test("the comparison says what the others told, and sees smaller changes", () => {
    const series = measured({ machine, code: one(1.1) });
    const shown = (test: TestResult) => comparisonOf(test, { alpha: 0.0002, settings, confirmation: null });
    const held = of(look(series), "/e2", "p50");
    expect(shown(held).explanation).toEqual([
      expect.stringMatching(
        /^compared with the other endpoints in the same seconds: \+[\d.]+ % \(\+[\d.]+ % … \+[\d.]+ %\)$/,
      ),
    ]);
    const alone = of(look([series[2] as Series]), "/e2", "p50");
    expect(shown(alone).explanation).toEqual([]);
    expect(shown(held).smallestDetectable).toBeLessThan(shown(alone).smallestDetectable as number);
  });

  test("unchanged code is not taken for slower", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { outcome } = look(measured({ machine: wavering(3, `same ${seed}`), seed }));
      expect(outcome).not.toBe("regressed");
    }
  });

  test("an endpoint that stayed while the others got faster is not slower", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const code = (endpoint: number) => (endpoint === 2 ? 1 : 0.8);
      expect(of(look(measured({ machine: wavering(3, `less ${seed}`), code, seed })), "/e2", "p50").outcome).not.toBe(
        "regressed",
      );
    }
  });

  test("nor is it where the machine had an unlucky time, however many got faster", () => {
    for (let seed = 1; seed <= 6; seed++) {
      const waver = wavering(4, `unlucky ${seed}`);
      const machine = (block: number) => 1.06 * waver(block);
      const code = (endpoint: number) => (endpoint < 3 + seed ? 0.89 : 1);
      const { tests } = look(measured({ machine, code, seed, endpoints: 10 }));
      expect(tests.filter(({ outcome }) => outcome === "regressed").map(({ metric, by }) => [metric, by])).toEqual([]);
    }
  });

  test("all endpoints slower at once are seen by themselves", () => {
    const decision = look(measured({ machine: wavering(0.5), code: () => 1.15 }));
    const p50s = decision.tests.filter(({ metric }) => metric === "p50");
    expect(p50s.map(({ outcome, by }) => [outcome, by])).toEqual(p50s.map(() => ["regressed", "itself"]));
  });

  test("what the others told is confirmed by the others", () => {
    const offenders = look(measured({ machine, code: one(1.1) })).tests.filter(
      ({ outcome }) => outcome === "regressed",
    );
    const again = cutWindows(measured({ machine: wavering(3, "second"), code: one(1.1), seed: 2 }), 240);
    expect(confirm(offenders, again).map(({ outcome }) => outcome)).toEqual(offenders.map(() => "agreed"));
    const gone = cutWindows(measured({ machine: wavering(3, "third"), seed: 3 }), 240);
    expect(confirm(offenders, gone).map(({ outcome }) => outcome)).toEqual(offenders.map(() => "disagreed"));
  });
});
