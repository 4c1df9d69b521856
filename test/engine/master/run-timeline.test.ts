import fc from "fast-check";
import { expect, test } from "vitest";
import { phased } from "../../../src/engine/master/run-timeline.ts";
import { mser5, pooledLogMedians, warmupBlocks } from "../../../src/engine/master/warmup.ts";
import { cellKey } from "../../../src/stats/endpoint.ts";
import { EndpointStats } from "../../../src/stats/endpoint-stats.ts";
import { emptySnapshot, type Snapshot } from "../../../src/stats/snapshot.ts";

/** A block with so many requests of so many milliseconds, in both arms. */
function block(number: number, { requests, latencyMs = 10 }: { requests: number; latencyMs?: number }): Snapshot {
  const cells = new Map<string, EndpointStats>();
  for (const arm of ["head", "base"] as const) {
    const endpoint = { method: "GET", name: "/" };
    const stats = new EndpointStats();
    for (let i = 0; i < requests; i++) {
      stats.record({ arm, endpoint, intendedMs: 0, startMs: 0, latencyMs, status: 200, bytesIn: 0, bytesOut: 0 });
    }
    if (requests > 0) cells.set(cellKey(arm, endpoint), stats);
  }
  return { ...emptySnapshot(number), cells };
}

const blocksOf = (count: number, of: { requests: number; latencyMs?: number }) =>
  Array.from({ length: count }, (_, i) => block(i, of));

test("warm-up lasts five seconds where there is traffic enough", () => {
  expect(warmupBlocks(blocksOf(120, { requests: 50 }), "auto")).toBe(10);
});

test("warm-up waits for a hundred requests of every endpoint and arm", () => {
  expect(warmupBlocks(blocksOf(120, { requests: 5 }), "auto")).toBe(20);
});

test("warm-up is never more than a quarter of the run, nor than thirty seconds", () => {
  expect(warmupBlocks(blocksOf(20, { requests: 50 }), "auto")).toBe(5);
  expect(warmupBlocks(blocksOf(1000, { requests: 0 }), "auto")).toBe(10);
  const rare = [...blocksOf(999, { requests: 0 }), block(999, { requests: 1 })];
  expect(warmupBlocks(rare, "auto")).toBe(60);
});

test("a target that is slow at first is given the time to become itself", () => {
  const cold = Array.from({ length: 20 }, (_, i) => block(i, { requests: 50, latencyMs: 200 - 9 * i }));
  const warm = Array.from({ length: 140 }, (_, i) => block(20 + i, { requests: 50, latencyMs: 10 + (i % 2) }));
  expect(warmupBlocks([...cold, ...warm], "auto")).toBe(20);
});

test("a fixed warm-up is taken as it is", () => {
  expect(warmupBlocks(blocksOf(10, { requests: 1 }), { ms: 1200 })).toBe(3);
  expect(warmupBlocks(blocksOf(10, { requests: 1 }), { ms: 0 })).toBe(0);
});

test("MSER-5 cuts where the rest is steadiest, in batches of five", () => {
  const steady = Array.from({ length: 40 }, (_, i) => i % 2);
  expect(mser5([9, 8, 7, 6, 5, 4, 3, 2, 1, 1, ...steady])).toBe(10);
  expect(mser5(steady)).toBe(0);
  expect(mser5([])).toBe(0);
});

test("seconds without an answer carry the last median on", () => {
  const series = pooledLogMedians([
    block(0, { requests: 2 }),
    block(1, { requests: 0 }),
    ...blocksOf(2, { requests: 0 }),
  ]);
  expect(series).toHaveLength(2);
  expect(series[0]).toBeCloseTo(Math.log(10), 2);
  expect(series[1]).toBe(series[0]);
});

const plan = {
  warmup: { ms: 500 },
  judgedPhase: "steady",
  requests: null,
  countEverything: false,
  resetStats: false,
} as const;

test("a block that a boundary runs through is not judged", () => {
  const snapshots = new Map(blocksOf(8, { requests: 1 }).map((b) => [b.block, b]));
  const blocks = phased(snapshots, { course: { rampEndMs: 600, stopMs: 3400 }, plan });
  expect(blocks.map(({ phase }) => phase)).toEqual([
    "ramp",
    "ramp",
    "warm-up",
    "steady",
    "steady",
    "steady",
    "tail",
    "tail",
  ]);
});

test("a run of so many requests that ends in its ramp is judged whole", () => {
  const snapshots = new Map(blocksOf(2, { requests: 1 }).map((b) => [b.block, b]));
  const course = { rampEndMs: Number.POSITIVE_INFINITY, stopMs: 700 };
  const blocks = phased(snapshots, { course, plan: { ...plan, warmup: "auto", requests: 4 } });
  expect(blocks.map(({ phase }) => phase)).toEqual(["steady", "steady"]);
});

test("where every request counts, one window holds every block, less what was to be forgotten", () => {
  const snapshots = new Map(blocksOf(6, { requests: 1 }).map((b) => [b.block, b]));
  const phasesFor = (changes: object) =>
    phased(snapshots, {
      course: { rampEndMs: 600, stopMs: 2400 },
      plan: { ...plan, warmup: { ms: 0 }, countEverything: true, ...changes },
    }).map(({ phase }) => phase);
  const steady = (count: number) => Array.from({ length: count }, () => "steady");
  expect(phasesFor({})).toEqual(steady(6));
  expect(phasesFor({ resetStats: true })).toEqual(["ramp", "ramp", ...steady(4)]);
  expect(phasesFor({ warmup: { ms: 500 } })).toEqual(["ramp", "ramp", "warm-up", ...steady(3)]);
});

test("phases come in order and without gaps, whatever the course", () => {
  const order = ["ramp", "warm-up", "steady", "tail"];
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }),
      fc.nat(20_000),
      fc.nat(20_000),
      fc.constantFrom("auto" as const, { ms: 700 }),
      (numbers, rampEndMs, stopMs, warmup) => {
        const snapshots = new Map(numbers.map((n) => [n, block(n, { requests: 1 })]));
        const blocks = phased(snapshots, { course: { rampEndMs, stopMs }, plan: { ...plan, warmup } });
        expect(blocks.map(({ block: n }) => n)).toEqual(Array.from({ length: Math.max(...numbers) + 1 }, (_, i) => i));
        const ranks = blocks.map(({ phase }) => order.indexOf(phase));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      },
    ),
  );
});
