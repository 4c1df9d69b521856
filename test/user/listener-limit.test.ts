import { expect, test } from "vitest";
import { EventHook, ListenerFailures } from "../../src/user/events/event-hook.ts";

test("a listener that never settles is given up and named with its place, and the next is called", async () => {
  const failures = new ListenerFailures();
  const told: unknown[] = [];
  failures.onFailure(({ error }) => told.push(error));
  const hook = new EventHook<null>({ name: "testStart", failures });
  let called = 0;
  hook.addListener(() => new Promise(() => undefined));
  hook.addListener(() => void called++);
  expect(await hook.fireWithin(null, { limitMs: 20 })).toBe(1);
  expect(called).toBe(1);
  expect(String(told[0])).toMatch(/a listener of testStart has not settled after 0\.02 s/);
});

test("a listener that settles in time passes, and one that throws counts as ever", async () => {
  const failures = new ListenerFailures();
  const hook = new EventHook<null>({ name: "init", failures });
  hook.addListener(async () => undefined);
  hook.addListener(() => {
    throw new Error("broken");
  });
  expect(await hook.fireWithin(null, { limitMs: 1000 })).toBe(1);
  expect(failures.count).toBe(1);
});
