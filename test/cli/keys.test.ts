import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { watchKeys, wishOf } from "../../src/cli/keys.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

test.each([
  ["w", { users: 1 }],
  ["W", { users: 10 }],
  ["s", { users: -1 }],
  ["S", { users: -10 }],
  ["\u0003", "interrupt"],
  ["x", null],
  ["toString", null],
])("the key %j asks for %j", (key, wish) => {
  expect(wishOf(key)).toEqual(wish);
});

test("keys are heard in raw mode, which ends with the run", () => {
  const modes: boolean[] = [];
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (raw: boolean) => modes.push(raw),
    resume: () => {},
    pause: () => {},
    unref: () => {},
  });
  const heard: unknown[] = [];
  const stop = watchKeys(input as unknown as Terminal["keyboard"], {
    users: (by) => heard.push(by),
    interrupt: () => heard.push("interrupt"),
  });
  input.emit("data", Buffer.from("wWx"));
  input.emit("data", "S\u0003");
  stop();
  input.emit("data", "w");
  expect(heard).toEqual([1, 10, -10, "interrupt"]);
  expect(modes).toEqual([true, false]);
});
