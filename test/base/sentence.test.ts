import fc from "fast-check";
import { expect, test } from "vitest";
import { foreign, joined, listed, ours, say } from "../../src/base/sentence.ts";

test("a bare string is somebody else's, numbers and our own words are not", () => {
  expect(say`${"GET /a"} failed in ${3} of ${ours("12 %")} of requests`).toEqual({
    text: "GET /a failed in 3 of 12 % of requests",
    pieces: ["", "GET /a", " failed in 3 of 12 % of requests"],
  });
  expect(say`all is ours`.pieces).toEqual(["all is ours"]);
});

test("sentences within sentences keep their authors", () => {
  const inner = say`p95 of ${"GET /a"}`;
  expect(say`Undecided: ${inner}.`.pieces).toEqual(["Undecided: p95 of ", "GET /a", "."]);
  expect(listed(["a", "b", "c", "d"], 3)).toEqual({
    text: "a, b and 2 more",
    pieces: ["", "a", ", ", "b", " and 2 more"],
  });
});

test("whatever is joined, the pieces are the text, and every piece stays with its author", () => {
  const part = fc.oneof(fc.string().map(ours), fc.string().map(foreign));
  fc.assert(
    fc.property(fc.array(part), fc.string(), (parts, between) => {
      const { text, pieces } = joined(parts, between);
      expect(pieces.join("")).toBe(text);
      expect(text).toBe(parts.map((one) => one.text).join(between));
      const theirs = parts.filter(({ pieces: own }) => own.length === 2 && own[1] !== "").map(({ text: own }) => own);
      expect(pieces.filter((_, i) => i % 2 === 1)).toEqual(theirs);
    }),
  );
});
