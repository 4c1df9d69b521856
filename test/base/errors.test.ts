import { expect, test } from "vitest";
import { messageOf, traceOf } from "../../src/base/errors.ts";

class Hostile extends Error {
  override get message(): string {
    throw new Error("inner");
  }
  override get stack(): string {
    throw new Error("inner");
  }
}

test("whatever was thrown has a text and a trace, though it throws when it is read", () => {
  const hostile = {
    toString() {
      throw new Error("inner");
    },
  };
  for (const thrown of [
    new Hostile(),
    hostile,
    Object.create(null),
    new Proxy(
      {},
      {
        get: () => {
          throw 1;
        },
      },
    ),
  ]) {
    expect(messageOf(thrown)).toBe("(thrown was something that cannot be read)");
    expect(traceOf(thrown)).toBe("(thrown was something that cannot be read)");
  }
  for (const thrown of [null, undefined, 1n, Symbol("a"), "text"]) expect(messageOf(thrown)).toBe(String(thrown));
  expect(traceOf(new Error("plain"))).toMatch(/^Error: plain\n\s+at /);
});
