import { describe, expect, test } from "vitest";
import { StopUser } from "../../../src/user/exceptions.ts";
import { task } from "../../../src/user/task.ts";
import { TaskSet } from "../../../src/user/tasks/task-set.ts";
import { User } from "../../../src/user/user.ts";
import { paceKey } from "../../../src/user/waiting/pace.ts";
import {
  between,
  constant,
  constantPacing,
  constantThroughput,
  type WaitTime,
} from "../../../src/user/waiting/wait-time.ts";
import { Stage } from "../stage.ts";

/** When the tasks of a user began, in seconds from its start. */
async function starts(
  waitTime: WaitTime,
  { takesMs = () => 0, forMs }: { takesMs?: (nth: number) => number; forMs: number },
): Promise<number[]> {
  const stage = new Stage();
  const at: number[] = [];
  class Shopper extends User {
    static override waitTime = waitTime as () => number;
    @task async browse() {
      at.push((stage.clock.now() - 1000) / 1000);
      await stage.clock.sleep(takesMs(at.length));
    }
  }
  const life = stage.life(Shopper);
  const ended = life.run();
  for (let ms = 0; ms < forMs; ms += 50) await stage.clock.advance(50);
  life.stop();
  await stage.clock.advance(10_000);
  await ended;
  return at;
}

test("between gives times within its bounds, spread over all of them", async () => {
  const at = await starts(between(1, 5), { forMs: 600_000 });
  const waits = at.slice(1).map((second, i) => second - (at[i] as number));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...waits)).toBeLessThanOrEqual(5);
  expect(waits.filter((wait) => wait < 3).length / waits.length).toBeCloseTo(0.5, 0);
  expect(new Set(waits.map(Math.floor))).toEqual(new Set([1, 2, 3, 4]));
});

test("constant waits after the task", async () => {
  expect(await starts(constant(2), { takesMs: () => 500, forMs: 6000 })).toEqual([0, 2.5, 5]);
});

test("constantPacing starts tasks on its beat and does not drift", async () => {
  const at = await starts(constantPacing(1), { takesMs: (nth) => (nth % 3) * 100, forMs: 20_000 });
  expect(at).toEqual(Array.from({ length: at.length }, (_, second) => second));
  expect(at.length).toBeGreaterThanOrEqual(20);
});

test("a task longer than the pace is followed at once, and the beat goes on from there without a burst", async () => {
  const at = await starts(constantPacing(1), { takesMs: (nth) => (nth === 2 ? 3500 : 100), forMs: 7600 });
  const rounded = at.map((second) => Math.round(second * 10) / 10);
  expect(rounded.slice(0, 3)).toEqual([0, 1, 4.5]);
  expect(rounded.slice(3, 6)).toEqual([5.5, 6.5, 7.5]);
});

test("a task that its pacing asked for earlier counts as started late", async () => {
  const late = async (waitTime: WaitTime, takesMs: (nth: number) => number) => {
    const stage = new Stage();
    let [count, nth] = [0, 0];
    class Shopper extends User {
      static override waitTime = waitTime as () => number;
      @task async browse() {
        await stage.clock.sleep(takesMs(++nth));
      }
    }
    const life = stage.life(Shopper, { lateStart: () => count++ });
    const ended = life.run();
    for (let ms = 0; ms < 5000; ms += 50) await stage.clock.advance(50);
    life.stop();
    await stage.clock.advance(10_000);
    await ended;
    return count;
  };
  expect(await late(constantPacing(1), () => 900)).toBe(0);
  expect(await late(constantPacing(1), (nth) => (nth === 2 ? 2000 : 100))).toBe(1);
  expect(await late(constantThroughput(2), () => 1000)).toBeGreaterThanOrEqual(4);
  expect(await late(constantPacing(0), () => 100)).toBe(0);
  expect(await late(constant(1), () => 3000)).toBe(0);
});

test("constantThroughput is tasks per second", async () => {
  expect((await starts(constantThroughput(4), { forMs: 2000 })).slice(0, 5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test("one pacing function shared by users keeps each one's own beat", () => {
  const stage = new Stage();
  const pacing = constantPacing(2);
  const users = [new User(stage.runtime()), new User(stage.runtime({ index: 1 }))];
  for (const user of users) user[paceKey].begin();
  expect(users.map((user) => pacing.call(user))).toEqual([2, 2]);
  expect(users.map((user) => pacing.call(user))).toEqual([4, 4]);
});

describe("a task set", () => {
  async function waits(BaseSet: new (parent: never) => TaskSet): Promise<number[]> {
    const stage = new Stage();
    const at: number[] = [];
    class Browse extends BaseSet {
      @task look() {
        at.push(stage.clock.now());
        if (at.length === 3) throw new StopUser();
      }
    }
    class Outer extends TaskSet {
      override waitTime = constant(100);
      override tasks = [Browse];
    }
    class Shopper extends User {
      override waitTime = constant(7);
      override tasks = [Outer];
    }
    const ended = stage.life(Shopper).run();
    await stage.clock.advance(60_000);
    await ended;
    return at.slice(1).map((ms, i) => (ms - (at[i] as number)) / 1000);
  }

  test("has its own wait time", async () => {
    class Own extends TaskSet {
      override waitTime = constant(3);
    }
    expect(await waits(Own)).toEqual([3, 3]);
  });

  test("has its user's if it has none, not that of the set around it", async () => {
    expect(await waits(TaskSet)).toEqual([7, 7]);
  });
});

test("a method of your own may be the wait time, at once or later", async () => {
  const stage = new Stage();
  const at: number[] = [];
  class Shopper extends User {
    tries = 0;
    override waitTime() {
      this.tries++;
      return this.tries === 1 ? this.tries * 2 : Promise.resolve(5);
    }
    @task browse() {
      at.push(stage.clock.now());
      if (at.length === 3) throw new StopUser();
    }
  }
  const ended = stage.life(Shopper).run();
  await stage.clock.advance(20_000);
  await ended;
  expect(at).toEqual([1000, 3000, 8000]);
});

test("minWait and maxWait, in milliseconds, are honoured and told as deprecated", async () => {
  const stage = new Stage();
  const at: number[] = [];
  class Shopper extends User {
    override minWait = 500;
    override maxWait = 500;
    @task browse() {
      at.push(stage.clock.now());
      if (at.length === 3) throw new StopUser();
    }
  }
  const ended = stage.life(Shopper).run();
  await stage.clock.advance(5000);
  await ended;
  expect(at).toEqual([1000, 1500, 2000]);
  expect(stage.warnings).toEqual(["Shopper: minWait and maxWait are deprecated; write waitTime = between(0.5, 0.5)"]);
});

test.each([
  ["gives no number", () => undefined as unknown as number, "waitTime of Shopper gave undefined"],
  ["gives less than 0", () => -1, "gave -1"],
  [
    "throws",
    () => {
      throw new Error("no idea");
    },
    "no idea",
  ],
])(
  "a wait time that %s is told, and ends its user rather than loading without a pause",
  async (_, waitTime, expected) => {
    const stage = new Stage();
    class Shopper extends User {
      override waitTime = waitTime;
      @task browse() {}
    }
    await stage.life(Shopper).run();
    expect(stage.exceptions).toHaveLength(1);
    expect(stage.exceptions[0]?.task).toBe("Shopper.waitTime");
    expect(String(stage.exceptions[0]?.error)).toContain(expected);
  },
);

test("a number as wait time is told with what to write", async () => {
  const stage = new Stage();
  class Shopper extends User {
    @task browse() {}
  }
  Object.assign(Shopper, { waitTime: 5 });
  await stage.life(Shopper).run();
  expect(stage.dead[0]?.error).toMatchObject({ code: "locustfile-wait", hint: "waitTime = constant(5)" });
});

test.each([
  ["between(5, 1)", () => between(5, 1)],
  ["between(-1, 1)", () => between(-1, 1)],
  ["constant(NaN)", () => constant(Number.NaN)],
  ["constantPacing(-1)", () => constantPacing(-1)],
  ["constantThroughput(0)", () => constantThroughput(0)],
])("%s is refused where it is written", (_, make) => {
  expect(make).toThrow(RangeError);
});

test("a user may wait within a task, and leaves if it is stopped meanwhile", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Shopper extends User {
    override waitTime = constant(2);
    @task async browse() {
      log.push(`before ${stage.clock.now()}`);
      await this.wait();
      log.push(`after ${stage.clock.now()}`);
    }
  }
  const life = stage.life(Shopper);
  const ended = life.run();
  await stage.clock.advance(5000);
  expect(life.stop()).toBe(true);
  await ended;
  expect(log).toEqual(["before 1000", "after 3000", "before 5000"]);
  expect(stage.exceptions).toEqual([]);
});
