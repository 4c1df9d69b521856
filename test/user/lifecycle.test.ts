import { expect, test } from "vitest";
import {
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
  StopTest,
  StopUser,
} from "../../src/user/exceptions.ts";
import { task } from "../../src/user/task.ts";
import { SequentialTaskSet, TaskSet } from "../../src/user/tasks/task-set.ts";
import { User } from "../../src/user/user.ts";
import { constant } from "../../src/user/waiting/wait-time.ts";
import { Stage } from "./stage.ts";

test("onStart runs before the first task and onStop after the last", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Shopper extends User {
    override waitTime = constant(10);
    override async onStart() {
      log.push("start");
    }
    override onStop() {
      log.push("stop");
    }
    @task browse() {
      log.push(`browse at ${stage.clock.now()}`);
    }
  }
  const life = stage.life(Shopper);
  const ended = life.run();
  await stage.clock.advance(15_000);
  expect(life.state).toBe("waiting");
  expect(life.stop()).toBe(true);
  await ended;
  expect(log).toEqual(["start", "browse at 1000", "browse at 11000", "stop"]);
  expect(life.state).toBe("ended");
});

test("a user that throws in onStart is dead: told once, no task, no onStop", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Shopper extends User {
    override async onStart() {
      throw new Error("no such account");
    }
    override onStop() {
      log.push("stop");
    }
    @task browse() {
      log.push("browse");
    }
  }
  await stage.life(Shopper).run();
  expect(stage.dead).toEqual([{ task: "Shopper.onStart", error: new Error("no such account") }]);
  expect(stage.exceptions).toEqual([]);
  expect(log).toEqual([]);
});

test("StopUser in onStart ends the user by its own will, with its onStop", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Shopper extends User {
    override onStart() {
      throw new StopUser();
    }
    override onStop() {
      log.push("stop");
    }
    @task browse() {
      log.push("browse");
    }
  }
  await stage.life(Shopper).run();
  expect(stage.dead).toEqual([]);
  expect(stage.stopped).toHaveLength(1);
  expect(log).toEqual(["stop"]);
});

test("a constructor or a class field that throws makes a dead user too", async () => {
  const stage = new Stage();
  class Shopper extends User {
    account = JSON.parse("{");
    @task browse() {}
  }
  await stage.life(Shopper).run();
  expect(stage.dead.map(({ task }) => task)).toEqual(["Shopper.constructor"]);
});

test("an error in a task is counted and told, then the user waits and goes on", async () => {
  const stage = new Stage();
  const seen: unknown[] = [];
  stage.events.userError.addListener(({ userInstance, exception, tb }) => {
    seen.push([userInstance instanceof User, exception, tb.includes("lifecycle.test")]);
  });
  class Shopper extends User {
    override waitTime = constant(1);
    @task buy() {
      throw new Error("sold out");
    }
  }
  const life = stage.life(Shopper);
  const ended = life.run();
  await stage.clock.advance(2_500);
  life.stop();
  await ended;
  expect(stage.exceptions).toHaveLength(3);
  expect(stage.exceptions[0]).toEqual({ task: "Shopper.buy", error: new Error("sold out") });
  expect(seen[0]).toEqual([true, new Error("sold out"), true]);
});

test("RescheduleTask waits, RescheduleTaskImmediately does not", async () => {
  const stage = new Stage();
  const at: number[] = [];
  class Shopper extends User {
    override waitTime = constant(5);
    @task browse() {
      at.push(stage.clock.now());
      if (at.length === 1) throw new RescheduleTask();
      if (at.length === 2) throw new RescheduleTaskImmediately();
      throw new StopUser();
    }
  }
  const ended = stage.life(Shopper).run();
  await stage.clock.advance(5_000);
  await stage.clock.advance(0);
  await ended;
  expect(at).toEqual([1000, 6000, 6000]);
  expect(stage.exceptions).toEqual([]);
});

test("StopTest is told to whoever runs the test, and ends its own user", async () => {
  const stage = new Stage();
  class Shopper extends User {
    @task browse() {
      throw new StopTest("enough");
    }
  }
  await stage.life(Shopper).run();
  expect(stage.testStopped).toEqual([new StopTest("enough")]);
  expect(stage.stopped).toEqual([]);
});

test("a nested set runs until interrupted, its onStart and onStop around it, at every level", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Inner extends SequentialTaskSet {
    override onStart() {
      log.push("inner start");
    }
    override onStop() {
      log.push("inner stop");
    }
    @task one() {
      log.push("one");
    }
    @task two() {
      log.push("two");
      this.interrupt();
    }
  }
  class Outer extends SequentialTaskSet {
    override onStart() {
      log.push("outer start");
    }
    override onStop() {
      log.push("outer stop");
    }
    @task static Inside = Inner;
    @task static Leave = class extends TaskSet {
      @task leave() {
        log.push("leave");
        throw new StopUser();
      }
    };
  }
  class Shopper extends User {
    override tasks = [Outer];
    override onStop() {
      log.push("user stop");
    }
  }
  await stage.life(Shopper).run();
  expect(log).toEqual("outer start,inner start,one,two,inner stop,leave,outer stop,user stop".split(","));
});

test("interrupt with reschedule goes on at once, without it after the parent's wait", async () => {
  const stage = new Stage();
  const at: string[] = [];
  class Visit extends TaskSet {
    @task look() {
      at.push(`look ${stage.clock.now()}`);
      if (at.length === 1) this.interrupt({ reschedule: false });
      if (at.length === 2) throw new InterruptTaskSet();
      throw new StopUser();
    }
  }
  class Shopper extends User {
    override waitTime = constant(3);
    override tasks = [Visit];
  }
  const ended = stage.life(Shopper).run();
  await stage.clock.advance(3_000);
  await stage.clock.advance(0);
  await ended;
  expect(at).toEqual(["look 1000", "look 4000", "look 4000"]);
});

test("a busy user that is told to stop finishes its task, then leaves", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Shopper extends User {
    @task async browse() {
      await stage.clock.sleep(1000);
      log.push("finished");
    }
    override onStop() {
      log.push("stop");
    }
  }
  const life = stage.life(Shopper);
  const ended = life.run();
  await stage.clock.advance(500);
  expect(life.stop()).toBe(false);
  await stage.clock.advance(500);
  await ended;
  expect(log).toEqual(["finished", "stop"]);
});

test("when the signal aborts, code that never returns is left behind and onStop still runs", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Shopper extends User {
    @task async browse() {
      await new Promise(() => undefined);
    }
    override onStop() {
      log.push("stop");
    }
  }
  const ended = stage.life(Shopper).run();
  await stage.clock.advance(100);
  stage.kill.abort();
  await stage.clock.advance(1000);
  await ended;
  expect(log).toEqual(["stop"]);
});

test("an onStart that throws is told even if the user was told to stop meanwhile, but not if it was killed", async () => {
  for (const kill of [false, true]) {
    const stage = new Stage();
    class Shopper extends User {
      override async onStart() {
        await stage.clock.sleep(100);
        throw new Error("no such account");
      }
      @task browse() {}
    }
    const life = stage.life(Shopper);
    const ended = life.run();
    await stage.clock.advance(50);
    if (kill) stage.kill.abort();
    else life.stop();
    await stage.clock.advance(50);
    await ended;
    expect(stage.dead).toHaveLength(kill ? 0 : 1);
  }
});

test("a user told to stop before it began never begins", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Shopper extends User {
    override onStart() {
      log.push("start");
    }
    @task browse() {}
  }
  const life = stage.life(Shopper);
  expect(life.stop()).toBe(true);
  await life.run();
  expect(log).toEqual([]);
  expect(life.state).toBe("ended");
});

test("a listener of userError may stop its user", async () => {
  const stage = new Stage();
  stage.events.userError.addListener(() => {
    throw new StopUser("one is enough");
  });
  class Shopper extends User {
    @task buy() {
      throw new Error("sold out");
    }
  }
  await stage.life(Shopper).run();
  expect(stage.exceptions).toHaveLength(1);
  expect(stage.stopped).toEqual([new StopUser("one is enough")]);
});

test("a set whose onStart interrupts is left before it began, without its onStop", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Closed extends TaskSet {
    override onStart() {
      log.push("closed");
      if (log.length === 3) throw new StopUser();
      this.interrupt();
    }
    override onStop() {
      log.push("onStop");
    }
    @task look() {}
  }
  class Shopper extends User {
    override tasks = [Closed];
  }
  await stage.life(Shopper).run();
  expect(log).toEqual(["closed", "closed", "closed"]);
});

test("errors in onStop are counted and keep no other onStop from running", async () => {
  const stage = new Stage();
  const log: string[] = [];
  class Visit extends TaskSet {
    override onStop() {
      throw new Error("cannot log out");
    }
    @task look() {
      throw new StopUser();
    }
  }
  class Shopper extends User {
    override tasks = [Visit];
    override onStop() {
      log.push("user stop");
    }
  }
  await stage.life(Shopper).run();
  expect(stage.exceptions.map(({ task: name }) => name)).toEqual(["Visit.onStop"]);
  expect(log).toEqual(["user stop"]);
});

test("user.stop ends the user when its task is over, and at once by force", async () => {
  for (const force of [false, true]) {
    const stage = new Stage();
    const log: unknown[] = [];
    class Shopper extends User {
      @task async browse() {
        log.push(this.stop(force));
        await stage.clock.sleep(60_000);
        log.push("finished");
      }
    }
    const ended = stage.life(Shopper).run();
    await stage.clock.advance(force ? 2_000 : 60_000);
    await ended;
    expect(log).toEqual(force ? [true] : [false, "finished"]);
  }
});

test("a user that waits for its turn leaves at once when it is told to stop", async () => {
  const stage = new Stage();
  let tasks = 0;
  class Shopper extends User {
    @task browse() {
      tasks++;
    }
  }
  const turn = (signal: AbortSignal) =>
    new Promise<boolean>((resolve) => signal.addEventListener("abort", () => resolve(false)));
  const life = stage.life(Shopper, { turn });
  const ended = life.run();
  await stage.clock.advance(100);
  expect(life.stop()).toBe(true);
  await ended;
  expect([life.state, tasks]).toEqual(["ended", 0]);
});
