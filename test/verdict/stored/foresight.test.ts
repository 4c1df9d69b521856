import { expect, test } from "vitest";
import { foresight } from "../../../src/verdict/stored/foresight.ts";

const shop = {
  users: 10,
  perSecond: 10 / 3,
  tasks: [
    { name: "home", share: 4 / 7 },
    { name: "product", share: 2 / 7 },
    { name: "missingIsFine", share: 1 / 7 },
  ],
};
const stored = { sideBySide: false, metrics: ["p50", "p95", "errors"], judgedMs: 45_000 } as const;

test("a load that is too small says what would do", () => {
  expect(foresight(shop, stored)).toBe(
    "This load makes about 3.3 requests/s, enough to compare p95 for none of 3 tasks in 45 s (100 requests each are needed). To compare all, use about 47 users or a longer run time.",
  );
  expect(foresight({ ...shop, users: 20, perSecond: 20 / 3 }, stored)).toContain("for 1 of 3 tasks");
});

test("the number of users it names is enough, and says nothing more", () => {
  for (const users of [1, 3, 10, 17, 40]) {
    const said = foresight({ ...shop, users, perSecond: users / 3 }, stored);
    const named = Number(/about (\d+) users/.exec(said ?? "")?.[1]);
    expect(foresight({ ...shop, users: named, perSecond: named / 3 }, stored)).toBeNull();
  }
});

test("side by side a percentile needs more requests, and a higher percentile more still", () => {
  expect(foresight(shop, { ...stored, sideBySide: true, judgedMs: 180_000 })).toContain("1000 requests each");
  expect(foresight(shop, { ...stored, metrics: ["p99"] })).toContain("compare p99 for none of 3 tasks in 45 s (500");
});

test("an open model is told its rate", () => {
  expect(foresight(shop, { ...stored, byRate: true })).toContain("an arrival rate of about 16/s");
});

test("errors alone need no percentile's requests", () => {
  expect(foresight(shop, { ...stored, metrics: ["errors", "stalls"] })).toBeNull();
});
