import { expect, test } from "vitest";
import { freezeMessage, WorkerWatch } from "../../../src/engine/master/worker-watch.ts";

const one = (heardMs: number, users = 15) => [{ id: "thread_001", users, heardMs }];

test("a worker that says nothing for two seconds is missed, once, until it is heard again", () => {
  const watch = new WorkerWatch();
  expect(watch.look(one(10_000), 10_500)).toEqual([]);
  expect(watch.look(one(10_000), 11_500)).toEqual([]);
  expect(watch.look(one(10_000), 12_500)).toMatchObject([{ id: "thread_001", users: 15, untilMs: null }]);
  expect(watch.isFrozen("thread_001")).toBe(true);
  expect(watch.look(one(10_000), 13_000)).toEqual([]);
  expect(watch.look(one(20_100), 20_500)).toMatchObject([{ sinceMs: 10_000, untilMs: 20_100 }]);
  expect(watch.isFrozen("thread_001")).toBe(false);
});

test("one that runs nobody, or that we could not hear as we stood still ourselves, is not missed", () => {
  expect(new WorkerWatch().look(one(0, 0), 9000)).toEqual([]);
  const watch = new WorkerWatch();
  watch.look(one(10_000), 10_500);
  // Ten seconds later: what it said meanwhile waits to be read.
  expect(watch.look(one(10_000), 20_500)).toEqual([]);
  expect(watch.look(one(10_000), 21_000)).toEqual([]);
  expect(watch.look(one(10_000), 22_000)).toEqual([]);
  expect(watch.look(one(10_000), 22_600)).toHaveLength(1);
});

test("it is told who stood still, when and for how long", () => {
  const freeze = { id: "thread_001", users: 15, sinceMs: 13_000, untilMs: null };
  expect(freezeMessage(freeze, { startedAtMs: 1000 }).live).toBe(
    "thread_001 has not been heard since 12.0 s after the start: its 15 users are missing from the counts",
  );
  const { live, warning } = freezeMessage({ ...freeze, untilMs: 23_100 }, { startedAtMs: 1000 });
  expect(live).toBe("thread_001 is back after 10.1 s");
  expect(warning).toContain("thread_001 stood still for 10.1 s, from 12.0 s after the start");
});
