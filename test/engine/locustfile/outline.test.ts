import { between, constant, constantThroughput, HttpUser, LoadTestShape, TaskSet, task } from "swarmgate";
import { expect, test } from "vitest";
import { outlineOf } from "../../../src/engine/locustfile/outline.ts";
import { TaskPlans } from "../../../src/user/tasks/task-plans.ts";
import type { UserClass } from "../../../src/user/user.ts";
import { readUserClass } from "../../../src/user/user-class.ts";

function outline(classes: readonly unknown[], { users = 10, arrivalRate = null as number | null, shape = false } = {}) {
  const userClasses = new Map((classes as readonly UserClass[]).map((userClass) => [userClass.name, userClass]));
  const facts = [...userClasses.values()].map((userClass) => readUserClass(userClass));
  const shapeClass = shape ? (LoadTestShape as never) : undefined;
  return outlineOf({ userClasses, shapeClass }, { plan: { users, arrivalRate }, plans: new TaskPlans(), facts });
}

class Shopper extends HttpUser {
  override waitTime = between(1, 5);
  @task(4) async home() {}
  @task(2) async product() {}
  @task async missing() {}
}

test("users, their waits and the weights of their tasks give a rate and shares", () => {
  expect(outline([Shopper])).toEqual({
    users: 10,
    perSecond: 10 / 3,
    tasks: [
      { name: "home", share: 4 / 7 },
      { name: "product", share: 2 / 7 },
      { name: "missing", share: 1 / 7 },
    ],
  });
});

test("classes add up by how many users of each there are, and how often those come round", () => {
  class Slow extends HttpUser {
    static override weight = 4;
    static override waitTime = constant(10);
    @task async home() {}
  }
  class Fast extends HttpUser {
    static override weight = 1;
    static override waitTime = constantThroughput(2);
    @task async search() {}
  }
  const seen = outline([Slow, Fast]);
  expect(seen?.perSecond).toBeCloseTo(0.8 + 4, 9);
  expect(seen?.tasks.map(({ name, share }) => [name, Number(share.toFixed(4))])).toEqual([
    ["search", 0.8333],
    ["home", 0.1667],
  ]);
});

test("tasks of nested sets count by what their set is chosen", () => {
  class Forum extends TaskSet {
    @task(3) async read() {}
    @task async post() {}
  }
  class Member extends HttpUser {
    override waitTime = constant(1);
    override tasks = new Map<never, number>([
      [Forum as never, 1],
      [(async () => {}) as never, 1],
    ]);
  }
  expect(outline([Member])?.tasks.map(({ share }) => share)).toEqual([0.5, 0.375, 0.125]);
});

test("an arrival rate is the rate, whatever users wait", () => {
  expect(outline([Shopper], { arrivalRate: 50 })?.perSecond).toBe(50);
});

test("what nobody can know is not guessed", () => {
  class Own extends Shopper {
    override waitTime = () => 3;
  }
  class Restless extends HttpUser {
    @task async home() {}
  }
  class Broken extends Shopper {
    constructor(...runtime: ConstructorParameters<typeof HttpUser>) {
      super(...runtime);
      throw new Error("connects at once");
    }
  }
  for (const userClass of [Own, Restless, Broken]) expect(outline([userClass])).toBeNull();
  expect(outline([Shopper], { shape: true })).toBeNull();
});
