import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cleanLines,
  code,
  escapeMarkup,
  oneLine,
  plainName,
  prefixLines,
  slug,
} from "../../../src/report/view/safe-text.ts";
import { hostileText as hostile } from "../../support/hostile-text.ts";

const many = { numRuns: 3000 };

describe("text from outside in a code span", () => {
  test("shows what it was, as far as it is visible", () => {
    expect(code("GET /item/{id}")).toBe("`GET /item/{id}`");
    expect(code("a`b")).toBe("`` a`b ``");
    expect(code("a|b")).toBe("`a│b`");
    expect(code(" \u200b\n")).toBe("–");
    expect([...code("x".repeat(500))]).toHaveLength(122);
  });

  test("is needed for a name of our own only where the platform would link it", () => {
    expect(["api", "load test", "gha-2", "face"].map(plainName)).toEqual(["api", "load-test", "gha-2", "face"]);
    for (const name of ["www.evil.example", "x_www.evil.example", "GH-12", "a5c3785ed8"]) {
      expect(plainName(name)).toBe(`\`${name}\``);
    }
  });
});

describe("text from outside in a log", () => {
  /** How a runner reads a line: `::name` at its start, spaces aside; `##[name` anywhere. */
  const isCommand = (line: string) => /^\s*::/.test(line) || line.includes("##[");

  test("has its prefix on every line, and no command", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of prefixLines(text, "user | ").split(/\r\n|[\n\r\u0085\u2028\u2029]/)) {
          expect(line.startsWith("user | ")).toBe(true);
          expect(isCommand(line)).toBe(false);
        }
      }),
      many,
    );
  });

  test("keeps its lines", () => {
    expect(prefixLines("a\n::error::b\n\n", "> ")).toBe("> a\n> ::error::b\n> ");
    expect(prefixLines("##[add-matcher]x", "> ")).toBe("> # #[add-matcher]x");
  });
});

describe("text from outside elsewhere", () => {
  test("is one visible line where one line is asked for", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = oneLine(text, 20);
        expect([...line].length).toBeLessThanOrEqual(20);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(line.isWellFormed()).toBe(true);
      }),
      many,
    );
  });

  test("keeps no control characters in preformatted text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanLines(text).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  test("opens no tag and closes no attribute", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(escapeMarkup(text)).not.toMatch(/[<>"']/);
      }),
      many,
    );
  });

  test("makes names that end no comment", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(slug(text)).toMatch(/^(?!.*--)[A-Za-z0-9._-]{1,100}$/);
      }),
      many,
    );
  });
});
