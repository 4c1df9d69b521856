import { expect, test } from "vitest";
import { Conductor } from "../../../src/engine/master/conductor.ts";
import type { LoadPlan } from "../../../src/engine/plan/load-plan.ts";
import { planFor } from "../plan.ts";

function conductorOf(changes: Partial<LoadPlan>, { shaped = false, watched = false } = {}): Conductor {
  const classes = [
    { name: "A", weight: 1, fixedCount: 0 },
    { name: "B", weight: 1, fixedCount: 0 },
  ];
  return new Conductor({ plan: planFor(changes), classes, nodes: ["n_0", "n_1"], shaped, watched });
}

const totals = (conductor: Conductor, atMs: number) => [...conductor.steps({ atMs })].map(({ total }) => total);

test("steps are given when they are due, and the run ends its run time after the ramp, on a block's edge", () => {
  const conductor = conductorOf({ users: 10, spawnRate: 4, runTimeMs: 2000 });
  conductor.aim({ users: 10, spawnRate: 4 }, { atMs: 0 });
  expect(totals(conductor, 0)).toEqual([4]);
  expect(conductor.dueMs).toBe(1000);
  expect([conductor.runEndMs, conductor.phaseAt(900)]).toEqual([Infinity, "ramp"]);
  expect(totals(conductor, 2100)).toEqual([8, 10]);
  expect([conductor.rampEndMs, conductor.runEndMs, conductor.endMs]).toEqual([2000, 4000, 4000]);
  expect(conductor.courseUntil(4321)).toEqual({ rampEndMs: 2000, stopMs: 4000, extendedMs: undefined });
});

test("all users are told of once for every aim: when they run, or a second after the last was due", () => {
  const conductor = conductorOf({});
  conductor.aim({ users: 3, spawnRate: 100 }, { atMs: 0 });
  expect(conductor.takeComplete({ running: 3, atMs: 0 })).toBeUndefined();
  totals(conductor, 0);
  expect(conductor.takeComplete({ running: 2, atMs: 500 })).toBeUndefined();
  expect(conductor.takeComplete({ running: 3, atMs: 600 })).toBe(3);
  expect(conductor.takeComplete({ running: 3, atMs: 700 })).toBeUndefined();
  conductor.aim({ users: 5, spawnRate: 100 }, { atMs: 5000 });
  totals(conductor, 5000);
  expect(conductor.takeComplete({ running: 4, atMs: 5999 })).toBeUndefined();
  expect(conductor.takeComplete({ running: 4, atMs: 6000 })).toBe(4);
});

test("more users than allowed are cut to the cap, which counts both arms, and that is told", () => {
  const conductor = conductorOf({ maxUsers: 6, host: "http://a", baseHost: "http://b" });
  const target = conductor.aim({ users: 10, spawnRate: 1 }, { atMs: 0 });
  expect(target).toEqual({ asked: 10, allowed: 3, warning: "20 users were asked for, 6 are allowed" });
  expect(conductor.aim({ users: -2, spawnRate: 1 }, { atMs: 0 })).toMatchObject({ allowed: 0, warning: undefined });
});

test("a shape is asked once a second, and a wish it had before changes nothing", () => {
  const conductor = conductorOf({ runTimeMs: 1000 }, { shaped: true, watched: true });
  const asked = [0, 10, 999, 1000, 1001, 3500, 3999, 4000].filter((atMs) => conductor.wantsTick({ atMs }));
  expect(asked).toEqual([0, 1000, 3500, 4000]);
  expect(conductor.follow({ users: 4, spawnRate: 9 }, { atMs: 0 })?.allowed).toBe(4);
  expect(conductor.follow({ users: 4, spawnRate: 9 }, { atMs: 1000 })).toBeUndefined();
  expect(conductor.follow({ users: 4, spawnRate: 9, userClasses: ["B"] }, { atMs: 2000 })?.allowed).toBe(4);
  // The shape says when it is over.
  expect(conductor.endMs).toBe(Infinity);
});

test("of what a shape wants a shard starts its part", () => {
  const wanted = [1, 2, 3].map((index) => {
    const conductor = conductorOf({ shard: { index, of: 3 } }, { shaped: true });
    return conductor.follow({ users: 10, spawnRate: 100 }, { atMs: 0 })?.allowed;
  });
  expect(wanted).toEqual([4, 3, 3]);
});

test("the open model adds users once the ramp is over, up to the cap", () => {
  const conductor = conductorOf({ arrivalRate: 50, maxUsers: 6 });
  conductor.aim({ users: 4, spawnRate: 1 }, { atMs: 0 });
  expect(conductor.addUsers(5, { atMs: 0 })).toBeUndefined();
  totals(conductor, 10_000);
  expect(conductor.addUsers(5, { atMs: 10_000 })?.allowed).toBe(6);
  totals(conductor, 20_000);
  expect(conductor.addUsers(5, { atMs: 20_000 })).toBeUndefined();
});

test("users of a worker that is gone are with the others at once", () => {
  const conductor = conductorOf({});
  conductor.aim({ users: 4, spawnRate: 100 }, { atMs: 0 });
  totals(conductor, 0);
  const { users, total } = conductor.withoutNode("n_0", { atMs: 100 });
  expect([[...users.keys()], total]).toEqual([["n_1"], 4]);
});

test("a run that somebody watches may go on past its run time", () => {
  const conductor = conductorOf({ runTimeMs: 2000, extensionMs: 3000 }, { watched: true });
  conductor.aim({ users: 1, spawnRate: 1 }, { atMs: 0 });
  totals(conductor, 0);
  expect([conductor.runEndMs, conductor.endMs]).toEqual([2000, 5000]);
  expect([conductor.phaseAt(1000), conductor.phaseAt(2500)]).toEqual(["steady", "extension"]);
  expect(conductor.courseUntil(2500)).toEqual({ rampEndMs: 0, stopMs: 2500, extendedMs: 2000 });
});
