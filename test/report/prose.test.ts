import { expect, test } from "vitest";
import { prose } from "../../src/report/view/safe-text.ts";

test("a sentence of ours is text, the names of the outside in it and settings are code", () => {
  expect(prose("Undecided: GET /a p95 and 3 more.", ["GET /a", "GET /"])).toBe("Undecided: `GET /a` p95 and 3 more.");
  expect(prose("Raise `users` or `run-time`.")).toBe("Raise `users` or `run-time`.");
  expect(prose("p95 is 38 % slower (+29 … +48 %)", [])).toBe("p95 is 38 % slower (+29 … +48 %)");
});

test.each([
  "ask @someone",
  "see #12",
  "<b>bold</b>",
  "[a](b)",
  "www.evil.example",
  "https://evil.example",
  "gh-12 is fixed",
  "*really*",
  "under_score_d",
  "by a1b2c3d4",
])("whatever a platform would make something of stands in a code span (%s)", (text) => {
  expect(prose(text)).toMatch(/^`.*`$/);
});

test("names side by side do not run into one another", () => {
  expect(prose("GET /aGET /b", ["GET /a", "GET /b"])).toBe("`GET /aGET /b`");
});
