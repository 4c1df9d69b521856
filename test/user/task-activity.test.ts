import { describe, expect, test } from "vitest";
import { StopUser } from "../../src/user/exceptions.ts";
import type { Activity } from "../../src/user/runtime.ts";
import { tag, task } from "../../src/user/task.ts";
import { TaskActivity } from "../../src/user/task-activity.ts";
import { User } from "../../src/user/user.ts";
import { constant } from "../../src/user/waiting/wait-time.ts";
import { Stage } from "./stage.ts";

function activity(kind: Activity["kind"], label = "GET /", place?: string) {
  const settled: unknown[] = [];
  return { kind, label, place, settled, settle: (error?: unknown) => void settled.push(error) };
}

describe("the witness", () => {
  test("finds nothing where everything ended", () => {
    const witness = new TaskActivity();
    const first = activity("in-flight");
    const second = activity("in-flight");
    witness.begin(first);
    witness.begin(second);
    witness.end(first);
    witness.end(second);
    expect(witness.endTask()).toEqual([]);
    expect(witness.wantsPlaces).toBe(false);
  });

  test("names what is in flight once, and asks for places from then on", () => {
    const witness = new TaskActivity();
    const left = activity("in-flight", "GET /item", "locustfile.ts:3:5");
    witness.begin(left);
    expect(witness.endTask()).toEqual([{ label: "GET /item", place: "locustfile.ts:3:5" }]);
    expect(witness.wantsPlaces).toBe(true);
    witness.end(left);
    expect(witness.endTask()).toEqual([]);
  });

  test("settles answers that wait for a verdict: by their status, or as a failure if the task threw", () => {
    const witness = new TaskActivity();
    const fine = activity("awaiting-verdict");
    witness.begin(fine);
    expect(witness.endTask()).toEqual([]);
    expect(fine.settled).toEqual([undefined]);
    const thrown = activity("awaiting-verdict");
    witness.begin(thrown);
    witness.endTask(new Error("check"));
    expect(thrown.settled).toEqual([new Error("check")]);
  });

  test("is quiet once what tasks left behind has ended, and at once if there is none", async () => {
    const witness = new TaskActivity();
    await witness.quiet();
    const left = [activity("in-flight"), activity("in-flight")] as const;
    for (const one of left) witness.begin(one);
    witness.endTask(new StopUser());
    let quiet = false;
    const waiting = witness.quiet().then(() => {
      quiet = true;
    });
    witness.end(left[0]);
    await Promise.resolve();
    expect(quiet).toBe(false);
    witness.end(left[1]);
    await waiting;
    expect(quiet).toBe(true);
  });

  test("gives the intended start to the first request of a task alone", () => {
    const witness = new TaskActivity();
    witness.schedule(500);
    expect(witness.takeIntendedStart()).toBe(500);
    expect(witness.takeIntendedStart()).toBeUndefined();
    witness.schedule(600);
    witness.endTask();
    expect(witness.takeIntendedStart(), "onStart of a set ended, its task is still to come").toBe(600);
  });
});

test("a task that forgets to await its own request is told, with its name, and the user goes on", async () => {
  const stage = new Stage();
  class Shopper extends User {
    override waitTime = constant(1);
    @task async browse() {
      void this.environment.events.request.measure("GET", "/slow", () => stage.clock.sleep(500));
    }
  }
  const life = stage.life(Shopper);
  const ended = life.run();
  await stage.clock.advance(1500);
  life.stop();
  await ended;
  expect(stage.missing.map(({ task: name, label }) => `${name}: ${label}`)).toEqual([
    "Shopper.browse: GET /slow",
    "Shopper.browse: GET /slow",
  ]);
});

test("onStart is watched as a task is", async () => {
  const stage = new Stage();
  class Shopper extends User {
    override async onStart() {
      void this.environment.events.request.measure("POST", "/login", () => stage.clock.sleep(500));
    }
    @task browse() {
      throw new StopUser();
    }
  }
  const ended = stage.life(Shopper).run();
  await stage.clock.advance(500);
  await ended;
  expect(stage.missing.map(({ task: name }) => name)).toEqual(["Shopper.onStart"]);
});

test("a task that throws is not blamed for what its throw left in flight, and a user that ends so waits for it", async () => {
  const stage = new Stage();
  class Shopper extends User {
    @task async browse() {
      void this.environment.events.request.measure("GET", "/slow", () => stage.clock.sleep(500));
      throw new StopUser();
    }
  }
  const ended = stage.life(Shopper).run();
  await stage.clock.advance(499);
  expect(stage.samples).toEqual([]);
  await stage.clock.advance(1);
  await ended;
  expect(stage.missing).toEqual([]);
  expect(stage.samples).toHaveLength(1);
});

describe("the open model", () => {
  test("tasks start when their turn comes, wait times are not slept, latency counts from the intended start", async () => {
    const stage = new Stage();
    const runs: string[] = [];
    class Shopper extends User {
      override waitTime = constant(100);
      @tag("x") @task async browse() {
        runs.push(`${stage.clock.now()}`);
        const { measure } = this.environment.events.request;
        await measure.call(this.environment.events.request, "GET", "/", () => stage.clock.sleep(30));
        await measure.call(this.environment.events.request, "GET", "/2", () => stage.clock.sleep(10));
      }
    }
    let nth = 0;
    let witness: TaskActivity | undefined;
    // Every 20 ms, though each task takes 40: from the second on they start late.
    const turn = async () => {
      const dueMs = 1000 + 20 * nth++;
      await stage.clock.sleep(dueMs - stage.clock.now());
      witness?.schedule(dueMs);
      return nth <= 3;
    };
    const runtime = stage.runtime({ turn, skipsWaits: true });
    witness = runtime.witness;
    const { UserLife } = await import("../../src/user/loop/loop.ts");
    const { TaskPlans } = await import("../../src/user/tasks/task-plans.ts");
    const plan = new TaskPlans().of(Shopper as never);
    const ended = new UserLife({ userClass: Shopper as never, runtime, plan, observer: stage }).run();
    for (let i = 0; i < 40; i++) await stage.clock.advance(10);
    await ended;
    expect(runs).toEqual(["1000", "1040", "1080"]);
    const ofFirst = stage.samples.filter(({ endpoint }) => endpoint.name === "/").map(({ latencyMs }) => latencyMs);
    expect(ofFirst).toEqual([30, 50, 70]);
    const ofSecond = stage.samples.filter(({ endpoint }) => endpoint.name === "/2").map(({ latencyMs }) => latencyMs);
    expect(ofSecond).toEqual([10, 10, 10]);
  });

  test("a turn that is refused ends the user, with its onStop", async () => {
    const stage = new Stage();
    const log: string[] = [];
    class Shopper extends User {
      @task browse() {
        log.push("browse");
      }
      override onStop() {
        log.push("stop");
      }
    }
    let left = 2;
    await stage.life(Shopper, { turn: () => left-- > 0 }).run();
    expect(log).toEqual(["browse", "browse", "stop"]);
  });
});

describe("a user's cycle", () => {
  const asks = (witness: TaskActivity, startMs: number) => {
    const request = { startMs, endpoint: { method: "GET", name: "/" }, timeoutMs: 60_000, received: 0, noticed: 0 };
    const one: Activity = { kind: "in-flight", label: "GET /", settle: () => {}, request };
    witness.begin(one);
    return one;
  };

  test("is the median from one iteration's first request to the next one's, whatever an iteration sends", () => {
    const witness = new TaskActivity();
    for (let i = 0; i < 40; i++) {
      for (const after of [0, 1, 2]) witness.end(asks(witness, i * 100 + after + (i === 20 ? 60 : 0)));
      witness.endTask();
      // What the loop does after every task.
      witness.schedule(undefined);
    }
    expect(witness.cycleMs).toBe(100);
  });

  test("is not known of the first iterations, nor in the open model", () => {
    const witness = new TaskActivity();
    for (let i = 0; i < 3; i++) {
      witness.end(asks(witness, i * 100));
      witness.endTask();
    }
    expect(witness.cycleMs).toBeUndefined();
    witness.end(asks(witness, 300));
    expect(witness.cycleMs).toBe(100);
    witness.schedule(400);
    expect(witness.cycleMs).toBeUndefined();
  });

  test("begins anew with a wait inside of a task", () => {
    const witness = new TaskActivity();
    for (let i = 0; i < 6; i++) {
      witness.end(asks(witness, i * 50));
      witness.turn();
    }
    expect(witness.cycleMs).toBe(50);
  });

  test("shows what is in flight, and what outlived its task", () => {
    const witness = new TaskActivity();
    asks(witness, 1);
    witness.endTask();
    const second = asks(witness, 2);
    const seen: number[] = [];
    witness.eachInFlight(({ startMs }) => void seen.push(startMs));
    expect(seen).toEqual([2, 1]);
    expect(witness.isIdle).toBe(false);
    witness.end(second);
    expect(witness.isIdle).toBe(false);
  });
});
