import { expect, test } from "vitest";
import { ManualClock } from "../../../src/base/clock.ts";
import type { ShapeTick } from "../../../src/engine/master/conductor.ts";
import type { MasterRunner } from "../../../src/engine/master/master.ts";
import type { WorkerNode } from "../../../src/engine/node/node.ts";
import type { LoadPlan, Progress } from "../../../src/engine/plan/load-plan.ts";
import type { RunResult } from "../../../src/stats/run-result.ts";
import { type LocalNode, localNode } from "../local-node.ts";
import { notingHooks, planFor } from "../plan.ts";
import { runMaster } from "../run-master.ts";

function begin(
  changes: Partial<LoadPlan>,
  options: { nodes?: number; stubborn?: boolean; shape?: (elapsedMs: number) => ShapeTick } = {},
) {
  const clock = new ManualClock(1_000_000);
  const nodes = Array.from({ length: options.nodes ?? 1 }, (_, i) =>
    localNode(`n_${i}`, { clock, stubborn: options.stubborn ?? false }),
  );
  const progress: Progress[] = [];
  const calls: string[] = [];
  const state: { master?: MasterRunner; result?: RunResult } = {};
  const { shape } = options;
  const done = runMaster(planFor({ stopTimeoutMs: 0, ...changes }), {
    clock,
    nodes,
    classes: [
      { name: "A", weight: 1, fixedCount: 0 },
      { name: "B", weight: 1, fixedCount: 0 },
    ],
    hooks: notingHooks(calls),
    shape: shape && { name: "Shape", tick: () => shape(clock.now() - 1_000_000) },
    machine: { procStat: () => undefined, memoryBytes: () => 7 },
    onProgress: (p) => progress.push(p),
    onMaster: (master) => {
      state.master = master;
    },
  }).then((result) => {
    state.result = result;
    return result;
  });
  const usersNow = () => nodes.map(({ running }) => running.size);
  /** In small steps, for the promises of master and workers take turns. */
  const advance = async (ms: number) => {
    for (let i = 0; i < ms; i += 50) await clock.advance(50);
  };
  return { clock, nodes, progress, calls, state, done, usersNow, advance };
}

test("the run time counts after the ramp, and the blocks say what they were part of", async () => {
  const run = begin({ users: 10, spawnRate: 5, runTimeMs: 2000, warmup: { ms: 500 } });
  await run.advance(500);
  expect(run.usersNow()).toEqual([5]);
  await run.advance(1000);
  expect(run.usersNow()).toEqual([10]);
  await run.advance(5000);
  const { blocks, summary, trouble } = await run.done;
  expect(blocks.map(({ phase }) => phase).slice(0, 6)).toEqual([
    "ramp",
    "ramp",
    "warm-up",
    "steady",
    "steady",
    "steady",
  ]);
  expect(blocks.filter(({ phase }) => phase === "steady")).toHaveLength(3);
  expect(summary.windowMs).toBe(1500);
  // Ten users, ten requests a second each, 1.5 s.
  expect(summary.totals[0]?.requests).toBe(150);
  expect(trouble).toMatchObject({ peakUsers: 10, targetUsers: 10 });
  expect(blocks[3]?.users).toEqual(
    new Map([
      ["A", 5],
      ["B", 5],
    ]),
  );
  expect(blocks[3]?.health.machine?.memoryBytes).toBe(7);
  expect(run.calls).toEqual(["testStart", "spawningComplete 10", "testStopping", "testStop", "quitting"]);
});

test("Locust's way the run time's clock starts with the ramp, and every request counts", async () => {
  const run = begin({
    users: 10,
    spawnRate: 5,
    runTimeMs: 2000,
    runTimeIncludesRamp: true,
    countEverything: true,
  });
  await run.advance(8000);
  const { summary } = await run.done;
  expect(summary.totals[0]?.requests).toBe(summary.allRequests);
  expect(summary.allRequests).toBeGreaterThanOrEqual(150);
  expect(summary.allRequests).toBeLessThanOrEqual(160);
});

test("users of a worker that dies go on elsewhere, with their indexes", async () => {
  const run = begin({ users: 6, runTimeMs: 5000 }, { nodes: 3 });
  await run.advance(1000);
  expect(run.usersNow()).toEqual([2, 2, 2]);
  run.nodes[1]?.die();
  await run.advance(500);
  expect(run.nodes.filter((_, i) => i !== 1).map(({ running }) => running.size)).toEqual([3, 3]);
  const indexes = run.nodes.filter((_, i) => i !== 1).flatMap(({ running }) => [...running.keys()]);
  expect(indexes.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  await run.advance(6000);
  const { warnings } = await run.done;
  expect(warnings).toContainEqual({ code: "worker-lost", message: "n_1 ended in mid-run: killed by the test" });
});

test("without any worker left the run ends with an error", async () => {
  const run = begin({ users: 2, runTimeMs: 5000 });
  const failed = expect(run.done).rejects.toMatchObject({ code: "worker-lost", exitCode: 1 });
  await run.advance(1000);
  run.nodes[0]?.die();
  await run.advance(7000);
  await failed;
});

test("the cap on users counts both arms, and is told", async () => {
  const run = begin({ users: 10, maxUsers: 6, host: "http://a", baseHost: "http://b", runTimeMs: 1000 });
  await run.advance(500);
  expect(run.usersNow()).toEqual([3]);
  await run.advance(5000);
  const { warnings, trouble } = await run.done;
  expect(warnings).toEqual([{ code: "max-users", message: "20 users were asked for, 6 are allowed" }]);
  expect(trouble.targetUsers).toBe(10);
});

test("progress is told after every block", async () => {
  const run = begin({ users: 2, runTimeMs: 3000 });
  await run.advance(8000);
  await run.done;
  expect(run.progress.slice(0, 5).map(({ elapsedMs }) => elapsedMs)).toEqual([500, 1000, 1500, 2000, 2500]);
  expect(run.progress[4]).toMatchObject({ users: 2, targetUsers: 2, rps: 20, failures: 0, leftMs: 500 });
  expect(run.progress[4]?.p95Ms).toBeCloseTo(10, 1);
});

test("a shape is followed without waiting for its ramps, and ends the test", async () => {
  const stages: ShapeTick[] = [
    { users: 4, spawnRate: 100 },
    { users: 50, spawnRate: 2 },
    { users: 50, spawnRate: 2 },
    { users: 2, spawnRate: 100, userClasses: ["B"] },
    { users: 3, spawnRate: 100, userClasses: ["B"] },
    null,
  ];
  const run = begin({ users: 99, runTimeMs: null }, { shape: (ms) => stages[Math.floor(ms / 1000)] ?? null });
  const seen: number[] = [];
  for (let second = 0; second < 5; second++) {
    await run.advance(second === 0 ? 500 : 1000);
    seen.push(run.usersNow()[0] as number);
  }
  expect(seen).toEqual([4, 6, 8, 2, 3]);
  expect(run.nodes[0]?.running.get(2)).toBe("B");
  await run.advance(3000);
  const { meta, blocks } = await run.done;
  expect(meta.profile.shape).toBe("Shape");
  expect(blocks[0]?.phase).toBe("steady");
});

test("an interrupted run gives busy users the shorter time, also when they were stopping already", async () => {
  const run = begin({ users: 3, runTimeMs: 1000, stopTimeoutMs: 60_000 }, { stubborn: true });
  await run.advance(3000);
  expect(run.usersNow()).toEqual([3]);
  run.state.master?.interrupt({ stopTimeoutMs: 500 });
  await run.advance(1000);
  expect(run.usersNow()).toEqual([0]);
  await run.advance(2000);
  const { interrupted, trouble } = await run.done;
  expect(interrupted).toBe(true);
  expect(trouble.killed).toBe(3);
});

test("a target changed in mid-ramp ends the ramp when it is reached", async () => {
  const run = begin({ users: 100, spawnRate: 5, runTimeMs: 1000 });
  await run.advance(2300);
  run.state.master?.retarget({ users: 20, spawnRate: 100 });
  await run.advance(4000);
  const { blocks } = await run.done;
  const phases = blocks.map(({ phase }) => phase).slice(0, 7);
  expect(phases).toEqual(["ramp", "ramp", "ramp", "ramp", "ramp", "steady", "steady"]);
});

test("the number of users can be changed while the test runs", async () => {
  const run = begin({ users: 2, runTimeMs: 10_000 });
  await run.advance(1000);
  run.state.master?.retarget({ users: 12, spawnRate: 100 });
  await run.advance(200);
  expect(run.usersNow()).toEqual([12]);
  run.state.master?.retarget({ users: 1, spawnRate: 100 });
  await run.advance(200);
  expect(run.usersNow()).toEqual([1]);
  run.state.master?.end();
  await run.advance(3000);
  expect((await run.done).interrupted).toBe(false);
});

test("spawningComplete tells the number there is to be, also when there were more before", async () => {
  const run = begin({ users: 8, runTimeMs: 20_000, stopTimeoutMs: 10_000 }, { stubborn: true });
  await run.advance(1000);
  run.state.master?.retarget({ users: 3, spawnRate: 100 });
  // Five users take their time to leave.
  await run.advance(2000);
  run.state.master?.retarget({ users: 5, spawnRate: 100 });
  await run.advance(2000);
  run.state.master?.interrupt({ stopTimeoutMs: 100 });
  await run.advance(4000);
  await run.done;
  const told = run.calls.filter((call) => call.startsWith("spawningComplete"));
  expect(told).toEqual(["spawningComplete 8", "spawningComplete 3", "spawningComplete 5"]);
});

test("a test that is ended before it began starts nobody, and asks nobody for more users", async () => {
  const run = begin({ users: 8 });
  run.state.master?.end();
  await run.advance(2000);
  const { trouble, warnings, blocks } = await run.done;
  expect(run.calls).toEqual(["quitting"]);
  expect(trouble).toMatchObject({ targetUsers: 0, peakUsers: 0 });
  expect(warnings.map(({ code }) => code)).toEqual(["ended-before-start"]);
  expect(blocks).toEqual([]);
});

/** A run whose workers come by themselves. */
function gathering(
  changes: Parameters<typeof planFor>[0],
  { clock, expected }: { clock: ManualClock; expected: number },
) {
  let listener: (node: WorkerNode) => void = () => {};
  const done = runMaster(planFor(changes), {
    clock,
    nodes: [],
    joining: {
      expected,
      maxWaitMs: null,
      onNode: (take) => {
        listener = take;
      },
    },
    classes: [{ name: "A", weight: 1, fixedCount: 0 }],
    hooks: notingHooks(),
  });
  return { done, join: (node: WorkerNode) => listener(node) };
}

test("workers that come late get their share, and the test begins when as many are ready as were expected", async () => {
  const clock = new ManualClock(1_000_000);
  const { join, done } = gathering(
    { stopTimeoutMs: 0, users: 6, spawnRate: 100, runTimeMs: 4000 },
    { clock, expected: 2 },
  );
  const nodes: LocalNode[] = [];
  const advance = async (ms: number) => {
    for (let i = 0; i < ms; i += 50) await clock.advance(50);
  };
  const come = async (...ids: readonly string[]) => {
    for (const id of ids) {
      const node = localNode(id, { clock });
      nodes.push(node);
      join(node);
    }
    await advance(500);
    return nodes.map(({ running }) => running.size);
  };
  expect(await come("a_1")).toEqual([0]);
  await advance(120_000);
  expect(await come("b_1")).toEqual([3, 3]);
  expect(await come("c_1")).toEqual([2, 2, 2]);
  nodes[0]?.die();
  await advance(500);
  expect(nodes.slice(1).map(({ running }) => running.size)).toEqual([3, 3]);
  expect(new Set(nodes.slice(1).flatMap(({ running }) => [...running.keys()])).size).toBe(6);
  await advance(10_000);
  const { meta, warnings } = await done;
  expect(meta.threads).toBe(3);
  expect(warnings.map(({ code }) => code)).toEqual(["worker-lost"]);
});

test("a worker that never said it is ready keeps no run alive whose last worker is gone", async () => {
  const clock = new ManualClock(1_000_000);
  const [runs, hangs] = [localNode("a_1", { clock }), localNode("b_1", { clock })];
  const { join, done } = gathering({ users: 2, spawnRate: 100, runTimeMs: 60_000 }, { clock, expected: 1 });
  const error = done.catch((thrown: unknown) => thrown);
  join(runs);
  for (let i = 0; i < 2000; i += 50) await clock.advance(50);
  join({ ...hangs, onMessage: () => {} });
  runs.die();
  for (let i = 0; i < 20_000; i += 50) await clock.advance(50);
  expect(await error).toMatchObject({ code: "worker-lost", exitCode: 1 });
});

test("workers that all leave while the test is being set up end the run", async () => {
  const clock = new ManualClock(1_000_000);
  const node = localNode("a_1", { clock });
  const done = runMaster(planFor({ users: 2, spawnRate: 100, runTimeMs: null }), {
    clock,
    nodes: [],
    joining: { expected: 1, maxWaitMs: null, onNode: (listener) => listener(node) },
    classes: [{ name: "A", weight: 1, fixedCount: 0 }],
    hooks: { ...notingHooks(), testStart: async () => node.die() },
  });
  const error = done.catch((thrown: unknown) => thrown);
  for (let i = 0; i < 20_000; i += 50) await clock.advance(50);
  expect(await error).toMatchObject({ code: "worker-lost", exitCode: 1 });
});

test("who joins and leaves before it is ready moves nobody's users", async () => {
  const clock = new ManualClock(1_000_000);
  const [runs, visits] = [localNode("a_1", { clock }), localNode("b_1", { clock })];
  const { join, done } = gathering(
    { stopTimeoutMs: 0, users: 2, spawnRate: 100, runTimeMs: 3000 },
    { clock, expected: 1 },
  );
  join(runs);
  for (let i = 0; i < 2000; i += 50) await clock.advance(50);
  join({ ...visits, onMessage: () => {} });
  visits.die();
  for (let i = 0; i < 20_000; i += 50) await clock.advance(50);
  expect((await done).warnings).toEqual([]);
});

test("fewer workers than expected when the wait is over are an error, and nobody is started", async () => {
  const clock = new ManualClock(1_000_000);
  const node = localNode("a_1", { clock });
  const done = runMaster(planFor(), {
    clock,
    nodes: [],
    joining: { expected: 2, maxWaitMs: 5000, onNode: (listener) => listener(node) },
    classes: [{ name: "A", weight: 1, fixedCount: 0 }],
    hooks: notingHooks(),
  });
  const error = done.catch((thrown: unknown) => thrown);
  for (let i = 0; i < 10_000; i += 50) await clock.advance(50);
  expect(await error).toMatchObject({ code: "workers-missing", exitCode: 1 });
  expect(await error).toHaveProperty("message", "1 of 2 workers were ready in time");
});
