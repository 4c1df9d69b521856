import fc from "fast-check";
import { expect, test } from "vitest";
import { ManualClock } from "../../src/base/clock.ts";
import { Redactor } from "../../src/base/redact.ts";
import { LiveStats } from "../../src/engine/locustfile/live-stats.ts";
import { MasterLog } from "../../src/engine/master/log.ts";
import { MachineWatch } from "../../src/engine/master/machine-health.ts";
import { threadsFor } from "../../src/engine/plan/load-plan.ts";
import { Arrivals } from "../../src/engine/worker/arrivals.ts";
import { Pair } from "../../src/engine/worker/pair.ts";
import { TroubleLog } from "../../src/engine/worker/trouble-log.ts";
import { cellKey } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { emptySnapshot } from "../../src/stats/snapshot.ts";

const forever = new AbortController().signal;

test("iterations of all threads together are due at even distances", async () => {
  const clock = new ManualClock(0);
  const startedMs: number[] = [];
  for (const thread of [0, 1, 2]) {
    const share = { thread, threads: 3, perSecond: 30 };
    const arrivals = new Arrivals({ clock, startedAtMs: 0, share, late: () => {} });
    for (let i = 0; i < 4; i++) void arrivals.take(forever).then((ms) => startedMs.push(ms as number));
  }
  await clock.advance(1000);
  const expected = Array.from({ length: 12 }, (_, i) => Math.round((i * 1000) / 30));
  expect(startedMs.map(Math.round).toSorted((a, b) => a - b)).toEqual(expected);
});

test("an iteration nobody was free for starts late, is counted, and its latency counts from when it was due", async () => {
  const clock = new ManualClock(0);
  let late = 0;
  const arrivals = new Arrivals({
    clock,
    startedAtMs: 0,
    share: { thread: 0, threads: 1, perSecond: 10 },
    late: () => late++,
  });
  expect(await arrivals.take(forever)).toBe(0);
  await clock.advance(350);
  expect(arrivals.waiting(clock.now())).toBe(3);
  expect(await arrivals.take(forever)).toBe(100);
  expect(await arrivals.take(forever)).toBe(200);
  expect(late).toBe(2);
  expect(arrivals.waiting(clock.now())).toBe(1);
});

test("a user that is stopped while it waits for its place gets none", async () => {
  const clock = new ManualClock(0);
  const stop = new AbortController();
  const arrivals = new Arrivals({
    clock,
    startedAtMs: 0,
    share: { thread: 0, threads: 1, perSecond: 1 },
    late: () => {},
  });
  await arrivals.take(stop.signal);
  const waiting = arrivals.take(stop.signal);
  stop.abort();
  expect(await waiting).toBeUndefined();
});

test("the place of a user that is stopped while it waits goes to the next in the queue", async () => {
  const clock = new ManualClock(0);
  const share = { thread: 0, threads: 1, perSecond: 1 };
  let late = 0;
  const arrivals = new Arrivals({ clock, startedAtMs: 1000, share, late: () => late++ });
  const killed = new AbortController();
  const startedMs: (number | undefined)[] = [];
  const wait = (signal: AbortSignal) => void arrivals.take(signal).then((ms) => startedMs.push(ms));
  wait(forever);
  wait(killed.signal);
  wait(forever);
  await clock.advance(1500);
  killed.abort();
  await clock.advance(1500);
  expect(startedMs).toEqual([1000, undefined, 2000]);
  // Nobody is free for a while, then somebody is again.
  await clock.advance(500);
  wait(forever);
  await clock.advance(0);
  expect(startedMs.at(-1)).toBe(3000);
  expect(late).toBe(1);
});

test("a user that leaves the queue as the last does not keep those from starting who come after it", async () => {
  const clock = new ManualClock(0);
  const share = { thread: 0, threads: 1, perSecond: 1 };
  const arrivals = new Arrivals({ clock, startedAtMs: 1000, share, late: () => {} });
  const killed = new AbortController();
  void arrivals.take(killed.signal);
  await clock.advance(500);
  killed.abort();
  const next = arrivals.take(forever);
  await clock.advance(1000);
  expect(await next).toBe(1000);
});

test("twins start together, in an order that is drawn anew for each task and the same for a seed", async () => {
  const orders = async (seed: string) => {
    const pair = new Pair({ seed, index: 3 });
    let order = "";
    const live = async (arm: "head" | "base") => {
      for (let i = 0; i < 200; i++) if (await pair.ready(arm)) order += arm[0];
    };
    await Promise.all([live("head"), live("base")]);
    return order;
  };
  const order = await orders("a");
  expect(order).toMatch(/^(hb|bh){200}$/);
  const headFirst = order.match(/../g)?.filter((two) => two === "hb").length ?? 0;
  expect(headFirst).toBeGreaterThan(60);
  expect(headFirst).toBeLessThan(140);
  expect(await orders("a")).toBe(order);
  expect(await orders("b")).not.toBe(order);
});

test("when one twin is gone the other does not start another task", async () => {
  const pair = new Pair({ seed: "a", index: 0 });
  const waiting = pair.ready("head");
  pair.end();
  expect(await waiting).toBe(false);
  expect(await pair.ready("base")).toBe(false);
});

test("exceptions are grouped by task and message, bounded, and without secrets", () => {
  const log = new TroubleLog(new Redactor(["hunter2hunter2"]));
  for (let i = 0; i < 5; i++) log.exception(new Error(`order ${1000 + i} of hunter2hunter2`), { task: "A.t", atMs: i });
  for (let i = 0; i < 500; i++)
    log.exception(`x${"abcdefghij"[i % 10]}${"klmnopqrst"[(i / 10) | 0]}`, { task: `T${i}`, atMs: 9 });
  const taken = log.takeExceptions();
  expect(taken[0]).toMatchObject({ task: "A.t", count: 5, first_ms: 0, last_ms: 4 });
  expect(taken.length).toBeLessThanOrEqual(101);
  expect(taken.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(505);
  expect(JSON.stringify(taken)).not.toContain("hunter2");
  expect(log.takeExceptions()).toEqual([]);
});

test("an exception is known by the first line of the user's own in its stack", () => {
  const log = new MasterLog("/shop");
  const stack = "Error: no\n    at node:internal/x:1:2\n    at A.t (file:///shop/load/locustfile.ts:12:7)";
  log.exception({ msg: "no", traceback: stack, task: "A.t" }, { atMs: 1 });
  log.exception({ msg: "bare", traceback: "bare", task: "A.t" }, { atMs: 1 });
  expect(log.toTrouble().exceptions.map(({ place }) => place)).toEqual(["load/locustfile.ts:12:7", undefined]);
});

test("troubles of all workers add up, the same warning is told once, the master's exit code wins", () => {
  const worker = new TroubleLog(new Redactor([]));
  const master = new MasterLog();
  for (let i = 0; i < 2; i++) {
    worker.deadInOnStart();
    worker.forbiddenHost("evil.test");
    worker.missingAwait({ task: "A.t", place: null });
    worker.warn("locustfile", "minWait is old");
    const told = worker.take({ throttled: 3 });
    if (told) master.trouble(told);
  }
  master.trouble({
    ...(new TroubleLog(new Redactor([])).take({ throttled: 1 }) as NonNullable<ReturnType<TroubleLog["take"]>>),
  });
  master.exitCode(7, { own: false });
  master.exitCode(42, { own: true });
  expect(worker.take({ throttled: 0 })).toBeUndefined();
  expect(master.toTrouble()).toMatchObject({
    deadInOnStart: 2,
    forbiddenHosts: [{ host: "evil.test", count: 2 }],
    missingAwaits: [{ task: "A.t", place: null, count: 2 }],
    processExitCode: 42,
  });
  expect(master.warnings.map(({ code }) => code)).toEqual(["locustfile", "throttled"]);
  expect(master.warnings[1]?.message).toMatch(/^7 requests/);
});

test("live statistics show the head's side as Locust names it", () => {
  const stats = new LiveStats();
  const endpoint = { method: "GET", name: "/a" };
  const cell = new EndpointStats();
  const sample = { arm: "head", endpoint, intendedMs: 0, startMs: 0, status: 200, bytesIn: 0, bytesOut: 0 } as const;
  for (const latencyMs of [10, 20, 30]) cell.record({ ...sample, latencyMs });
  cell.record({ ...sample, latencyMs: 40, failure: { kind: "check", message: "no" } });
  stats.add({
    ...emptySnapshot(1),
    cells: new Map([
      [cellKey("head", endpoint), cell],
      [cellKey("base", endpoint), cell],
    ]),
  });
  expect(stats.total).toMatchObject({ numRequests: 4, numFailures: 1, failRatio: 0.25, totalRps: 8 });
  expect(stats.get("/a", "GET")).toMatchObject({ avgResponseTime: 25, minResponseTime: 10, maxResponseTime: 40 });
  expect(stats.get("/a", "GET").getResponseTimePercentile(1)).toBe(40);
  expect(stats.get("/never", "GET")).toMatchObject({ numRequests: 0, failRatio: 0, minResponseTime: 0 });
  stats.reset();
  expect(stats.total.numRequests).toBe(0);
});

test("the machine's load is what /proc/stat gained since the last look", () => {
  const lines = ["cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 …", "cpu  150 0 150 880 10 0 0 10 0 0\n"];
  const watch = new MachineWatch({ procStat: () => lines.shift(), memoryBytes: () => 5 });
  const { cpu, steal, memoryBytes } = watch.take();
  expect(cpu).toBeCloseTo(0.5, 6);
  expect(steal).toBeCloseTo(0.05, 6);
  expect(memoryBytes).toBe(5);
  expect(watch.take()).toEqual({ cpu: 0, steal: 0, memoryBytes: 5 });
});

test("one thread per 2,000 users, at most the cores less one, at least one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 1, max: 64 }), (users, cores) => {
      const threads = threadsFor({ users, cores });
      expect(threads).toBeGreaterThanOrEqual(1);
      expect(threads).toBeLessThanOrEqual(Math.max(1, cores - 1));
      if (threads < cores - 1) expect(threads * 2000).toBeGreaterThanOrEqual(users);
    }),
  );
  expect([threadsFor({ users: 2000, cores: 8 }), threadsFor({ users: 2001, cores: 8 })]).toEqual([1, 2]);
});
