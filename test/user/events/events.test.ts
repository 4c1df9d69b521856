import { describe, expect, test } from "vitest";
import { EventHook, type ListenerFailure } from "../../../src/user/events/event-hook.ts";
import { createEvents, events } from "../../../src/user/events/events.ts";
import type { RequestEvent } from "../../../src/user/events/request-hook.ts";
import { InterruptTaskSet, StopTest, StopUser } from "../../../src/user/exceptions.ts";
import { task } from "../../../src/user/task.ts";
import { User } from "../../../src/user/user.ts";
import { Stage } from "../stage.ts";

const environment = {} as never;

test("every event of Locust is there, in camelCase", () => {
  const names = Object.entries(events).flatMap(([name, hook]) => (hook instanceof EventHook ? [name] : []));
  expect(names.sort()).toEqual([
    "cpuWarning",
    "heartbeatReceived",
    "heartbeatSent",
    "init",
    "initCommandLineParser",
    "quit",
    "quitting",
    "reportToMaster",
    "request",
    "resetStats",
    "spawningComplete",
    "testStart",
    "testStop",
    "testStopping",
    "usageMonitor",
    "userError",
    "workerConnect",
    "workerReport",
  ]);
  for (const name of names) expect((events[name as keyof typeof events] as EventHook<unknown>).name).toBe(name);
});

test("listeners are called in the order they were added, each awaited before the next", async () => {
  const { testStart } = createEvents();
  const log: string[] = [];
  testStart.addListener(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    log.push("first");
  });
  testStart.addListener(() => void log.push("second"));
  await testStart.fire({ environment });
  expect(log).toEqual(["first", "second"]);
});

test("quitting calls them in reverse order", async () => {
  const { quitting } = createEvents();
  const log: number[] = [];
  for (const n of [1, 2, 3]) quitting.addListener(() => void log.push(n));
  await quitting.fire({ environment });
  expect(log).toEqual([3, 2, 1]);
});

test("a listener can be taken off, even by itself while the event fires", async () => {
  const { testStop } = createEvents();
  const log: string[] = [];
  const once = testStop.addListener(() => {
    log.push("once");
    testStop.removeListener(once);
  });
  testStop.addListener(() => void log.push("always"));
  await testStop.fire({ environment });
  await testStop.fire({ environment });
  expect(log).toEqual(["once", "always", "always"]);
});

test("a listener that throws is counted and told, and the others are called", async () => {
  const { testStart, failures } = createEvents();
  const told: ListenerFailure[] = [];
  const log: string[] = [];
  testStart.addListener(() => {
    throw new Error("before anybody listens");
  });
  testStart.addListener(async () => {
    throw new Error("later");
  });
  testStart.addListener(() => void log.push("third"));
  expect(await testStart.fire({ environment })).toBe(2);
  failures.onFailure((failure) => void told.push(failure));
  expect(log).toEqual(["third"]);
  expect(failures.count).toBe(2);
  expect(told.map(({ event, error }) => `${event}: ${(error as Error).message}`)).toEqual([
    "testStart: before anybody listens",
    "testStart: later",
  ]);
});

test.each([new StopUser(), new StopTest(), new InterruptTaskSet()])(
  "a listener may throw %s, which is passed on",
  async (control) => {
    const { testStart, failures } = createEvents();
    testStart.addListener(() => {
      throw control;
    });
    await expect(testStart.fire({ environment })).rejects.toBe(control);
    expect(failures.count).toBe(0);
  },
);

test("an event of one's own throws what its listeners throw", async () => {
  const own = new EventHook<{ n: number }>();
  own.addListener(({ n }) => {
    throw new RangeError(String(n));
  });
  await expect(own.fire({ n: 3 })).rejects.toThrow("3");
});

describe("events.request", () => {
  test.each([
    [-1, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [12.4, 12],
    [undefined, 0],
  ])("a length of %s counts as %d bytes", (responseLength, bytesIn) => {
    const stage = new Stage();
    void stage.events.request.fire({
      requestType: "MQTT",
      name: "publish",
      responseTime: 1,
      exception: null,
      context: {},
      ...(responseLength !== undefined && { responseLength }),
    });
    expect(stage.samples[0]?.bytesIn).toBe(bytesIn);
  });

  test("fire records a sample and tells the listeners all they were given", () => {
    const stage = new Stage();
    const seen: RequestEvent[] = [];
    stage.events.request.addListener((event) => void seen.push(event));
    const exception = new TypeError("no such table");
    const event = {
      requestType: "SQL",
      name: "select",
      responseTime: 12.5,
      responseLength: 300,
      exception,
      context: { a: 1 },
      row: 7,
    };
    void stage.events.request.fire(event);
    expect(seen).toEqual([event]);
    expect(stage.samples).toEqual([
      {
        arm: "head",
        endpoint: { method: "SQL", name: "select" },
        intendedMs: 987.5,
        startMs: 987.5,
        latencyMs: 12.5,
        status: 0,
        bytesIn: 300,
        bytesOut: 0,
        failure: { kind: "check", message: "TypeError: no such table" },
        fired: true,
      },
    ]);
  });

  test("a response time of null counts the request and not its time", () => {
    const stage = new Stage();
    void stage.events.request.fire({ requestType: "MQTT", name: "publish", responseTime: null });
    expect(stage.samples[0]).toMatchObject({ latencyMs: null, bytesIn: 0 });
    expect(stage.samples[0]?.failure).toBeUndefined();
  });

  test.each([
    [{ requestType: 1, name: "a" }, "requestType must be a text"],
    [{ requestType: "SQL", name: "" }, "name must be a text"],
    [{ requestType: "SQL", name: "a", responseTime: -1 }, "responseTime must be milliseconds"],
    [{ requestType: "SQL", name: "a", responseTime: Number.NaN }, "responseTime must be milliseconds"],
  ])("%j is refused", (event, expected) => {
    const stage = new Stage();
    expect(() => stage.events.request.fire(event as unknown as RequestEvent)).toThrow(expected);
    expect(stage.samples).toEqual([]);
  });

  test("a request fired by a user belongs to the user's arm", async () => {
    const stage = new Stage();
    class Shopper extends User {
      @task async ask() {
        await Promise.resolve();
        void this.environment.events.request.fire({ requestType: "SQL", name: "select", responseTime: 1 });
        throw new StopUser();
      }
    }
    await Promise.all([stage.life(Shopper, { arm: "base" }).run(), stage.life(Shopper, { arm: "head" }).run()]);
    expect(stage.samples.map(({ arm }) => arm).sort()).toEqual(["base", "head"]);
  });

  test("a listener that throws, now or later, is told and does not reach whoever fired", async () => {
    const stage = new Stage();
    stage.events.request.addListener(() => {
      throw new Error("now");
    });
    stage.events.request.addListener(async () => {
      throw new Error("later");
    });
    void stage.events.request.fire({ requestType: "SQL", name: "select", responseTime: 1 });
    await stage.clock.advance(0);
    expect(stage.events.failures.count).toBe(2);
    expect(stage.samples).toHaveLength(1);
  });

  test("measure times, records and gives back what the callback gave", async () => {
    const stage = new Stage();
    const { request } = stage.events;
    const pending = request.measure("SQL", "select", async (m) => {
      await stage.clock.sleep(40);
      m.responseLength = 9;
      m.context.table = "items";
      return "rows";
    });
    await stage.clock.advance(40);
    expect(await pending).toBe("rows");
    expect(stage.samples[0]).toMatchObject({ latencyMs: 40, startMs: 1000, bytesIn: 9 });
  });

  test("measure records what is thrown as a failure and lets it go no further", async () => {
    const stage = new Stage();
    const result = await stage.events.request.measure("SQL", "select", () => {
      throw new Error("deadlock");
    });
    expect(result).toBeUndefined();
    expect(stage.samples[0]?.failure).toEqual({ kind: "check", message: "deadlock" });
  });

  test("measure passes StopUser on, after recording", async () => {
    const stage = new Stage();
    const run = stage.events.request.measure("SQL", "select", () => {
      throw new StopUser();
    });
    await expect(run).rejects.toBeInstanceOf(StopUser);
    expect(stage.samples).toHaveLength(1);
    expect(stage.samples[0]?.failure).toBeUndefined();
  });

  test("measure asks for leave, and ends its user when the request budget is used up", async () => {
    const stage = new Stage();
    let left = 3;
    class Shopper extends User {
      @task async ask() {
        await this.environment.events.request.measure("SQL", "select", () => undefined);
      }
    }
    const guard = { forbids: () => undefined, admit: () => left-- > 0 };
    await stage.life(Shopper, { guard }).run();
    expect(stage.samples).toHaveLength(3);
    expect(stage.stopped).toHaveLength(1);
    expect(stage.missing).toEqual([]);
  });
});
