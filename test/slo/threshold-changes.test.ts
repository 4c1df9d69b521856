import { expect, test } from "vitest";
import { parseThreshold } from "../../src/slo/threshold/threshold.ts";
import { thresholdsChanged } from "../../src/slo/threshold-changes.ts";

const changes = (before: readonly string[], after: readonly string[]) =>
  thresholdsChanged(
    before.map((line) => parseThreshold(line)),
    after.map((line) => parseThreshold(line)),
  ).map(({ kind, before: was, after: now }) => [kind, was, now].filter(Boolean).join(": "));

test("a promise spelled otherwise has not changed", () => {
  expect(changes(["p95 < 1s", "errors < 1%"], ["errors < 0.01", "p(95)<1000"])).toEqual([]);
});

test.each([
  ["p95 < 300ms", "p95 < 400ms", "loosened"],
  ["p95 < 300ms", "p95 < 200ms", "tightened"],
  ["rps > 100/s", "rps > 50/s", "loosened"],
  ["rps > 100/s", "rps > 150/s", "tightened"],
  ["p95 < 300ms", "p95 <= 300ms", "loosened"],
  ["p95 < 300ms", "p95 < 300ms warn", "loosened"],
  ["p95 < 300ms", "p95 < 300ms optional", "loosened"],
  ["p95 < 300ms after 10s", "p95 < 300ms", "tightened"],
  ["p95 < 300ms", "p95 < 200ms warn", "loosened"],
  ["p95 < 300ms in every 10s", "p95 < 300ms", "loosened"],
  ["p95 < 300ms in every 10s", "p95 < 300ms in every 20s", "loosened"],
  ["p95 < 300ms in every 10s", "p95 < 300ms in every 5s", "tightened"],
])("from %s to %s it is %s", (before, after, kind) => {
  expect(changes([before], [after])).toEqual([`${kind}: ${before}: ${after}`]);
});

test("what is gone and what is new are told, the gone first", () => {
  expect(changes(["p95 < 1s", "p99 < 2s"], ["p95 < 1s", 'p95 < 1s of "GET /"'])).toEqual([
    "removed: p99 < 2s",
    'added: p95 < 1s of "GET /"',
  ]);
});

test("tiers are paired with their like", () => {
  expect(changes(["p99 < 500ms warn", "p99 < 800ms"], ["p99 < 900ms", "p99 < 500ms warn"])).toEqual([
    "loosened: p99 < 800ms: p99 < 900ms",
  ]);
});

test("an endpoint taken out by an earlier entry loosens the later one", () => {
  const every = parseThreshold('p95 < 1s of "*"');
  expect(thresholdsChanged([every], [{ ...every, except: ["GET /slow"] }])).toMatchObject([{ kind: "loosened" }]);
});
