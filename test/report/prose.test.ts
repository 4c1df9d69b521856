import { expect, test } from "vitest";
import { say } from "../../src/base/sentence.ts";
import { prose } from "../../src/report/view/safe-text.ts";

test("a sentence of ours is text, the names of the outside in it and settings are code", () => {
  expect(prose(say`Undecided: ${"GET /a"} p95 and ${3} more.`.pieces)).toBe("Undecided: `GET /a` p95 and 3 more.");
  expect(prose(["Raise `users` or `run-time`."])).toBe("Raise `users` or `run-time`.");
  expect(prose(["p95 is 38 % slower (+29 … +48 %)"])).toBe("p95 is 38 % slower (+29 … +48 %)");
});

test("a name that says what our own words say is a name all the same", () => {
  expect(prose(say`p95 of ${"p95"} rose`.pieces)).toBe("p95 of `p95` rose");
});

test("a long sentence is cut as a whole, its names with it", () => {
  expect(prose(["the name is ", "GET /abcdef", " and more"], 18)).toBe("the name is `GET /…`");
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
  expect(prose([text])).toMatch(/^`.*`$/);
});

test("names side by side do not run into one another", () => {
  expect(prose(["", "GET /a", "", "GET /b"])).toBe("`GET /aGET /b`");
  expect(prose(["see `users`", "GET /b"])).toMatch(/^`` see `users`GET \/b ``$/);
});
