import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../src/base/clock.ts";
import { isShapeClass } from "../../../src/user/brand.ts";
import type { Environment } from "../../../src/user/events/environment.ts";
import { doubleWaveCurve, spikeCurve, stages, stagesCurve, stepsCurve } from "../../../src/user/shapes/ready-shapes.ts";
import { LoadTestShape, usesCommonOptions } from "../../../src/user/shapes/shape.ts";

const runner = { userCount: 7 };
const environment = { runner } as unknown as Environment;

test("a shape sees the run time and the users that run", async () => {
  const clock = new ManualClock(5000);
  class Load extends LoadTestShape {
    override tick(): [number, number] | null {
      return this.getRunTime() < 10 ? [this.getCurrentUserCount() + 1, 2] : null;
    }
  }
  const load = new Load();
  expect(load.getRunTime()).toBe(0);
  await clock.advance(1000);
  load.attach({ clock, environment });
  await clock.advance(2500);
  expect(load.getRunTime()).toBe(2.5);
  expect(load.tick()).toEqual([8, 2]);
  expect(load.runner).toBe(runner);
  await clock.advance(7500);
  expect(load.tick()).toBeNull();
  load.resetTime();
  expect(load.getRunTime()).toBe(0);
});

test("a shape without tick says so; useCommonOptions is read from class or instance", () => {
  class Load extends LoadTestShape {}
  class Static extends LoadTestShape {
    static override useCommonOptions = true;
  }
  class Field extends LoadTestShape {
    override useCommonOptions = true;
  }
  expect(() => new Load().tick()).toThrow("Load has no tick()");
  expect([Load, Static, Field].map((Shape) => usesCommonOptions(new Shape()))).toEqual([false, true, true]);
});

describe("stages", () => {
  const list = [
    { duration: 10, users: 5, spawnRate: 1 },
    { duration: 12, users: 500, spawnRate: 1 },
    { duration: 30, users: 20, spawnRate: 10, userClasses: [] },
  ];
  test("follow one another by the time since the start, a stage shorter than its ramp too, then end", () => {
    const curve = stagesCurve(list);
    expect([0, 9.9, 10, 11.9, 12, 29.9, 30].map(curve)).toEqual([
      [5, 1],
      [5, 1],
      [500, 1],
      [500, 1],
      [20, 10, []],
      [20, 10, []],
      null,
    ]);
  });
  test("make a class that a locustfile can export", async () => {
    const Load = stages(list);
    expect(isShapeClass(Load)).toBe(true);
    expect(Load.abstract).toBe(false);
    const clock = new ManualClock();
    const load = new Load();
    load.attach({ clock, environment });
    await clock.advance(11_000);
    expect(load.tick()).toEqual([500, 1]);
  });
  test("are refused where one does not end after the one before: durations count from the start", () => {
    expect(() => stages([list[0]!, { duration: 10, users: 1, spawnRate: 1 }])).toThrow(
      "stage 2 ends at 10 s, not after stage 1 (10 s)",
    );
    expect(() => stages([])).toThrow("the list is empty");
    expect(() => stages([{ duration: 1, users: 1.5, spawnRate: 1 }])).toThrow("users must be a whole number");
    expect(() => stages([{ duration: 1, users: 1, spawnRate: 0 }])).toThrow("spawnRate must be a number above 0");
  });
});

test("steps add users at every step", () => {
  const curve = stepsCurve({ stepTime: 30, stepLoad: 10, spawnRate: 10, timeLimit: 90 });
  expect([0, 29, 30, 60, 90, 91].map(curve)).toEqual([[10, 10], [10, 10], [20, 10], [30, 10], [40, 10], null]);
});

test("a spike rises and falls", () => {
  const curve = spikeCurve({ users: 10, peakUsers: 100, at: 20, duration: 5, timeLimit: 60 });
  expect([0, 20, 24.9, 25, 60, 61].map(curve)).toEqual([[10, 100], [100, 100], [100, 100], [10, 100], [10, 100], null]);
});

test("a double wave has its peaks at one third and two thirds", () => {
  const curve = doubleWaveCurve({ minUsers: 20, peakOneUsers: 60, peakTwoUsers: 40, timeLimit: 600 });
  expect([0, 200, 300, 400, 600].map((at) => curve(at)?.[0])).toEqual([20, 60, 20, 40, 20]);
  expect(curve(601)).toBeNull();
});

test("a double wave stays between its lowest and its highest, whatever they are", () => {
  const users = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(users, users, users, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, c, share) => {
      const [minUsers, peakOneUsers, peakTwoUsers] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
      const at = doubleWaveCurve({ minUsers, peakOneUsers, peakTwoUsers, timeLimit: 600 })(share * 600);
      expect(at?.[0]).toBeGreaterThanOrEqual(minUsers);
      expect(at?.[0]).toBeLessThanOrEqual(peakTwoUsers + 1);
    }),
  );
});
