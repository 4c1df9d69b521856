import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/slo/configuration.ts";
import { rulesChanged } from "../../src/slo/rule-changes.ts";

const changes = (before: string, after: string) =>
  rulesChanged(
    parseConfiguration(`version: 1\n${before}`, "c.yml"),
    parseConfiguration(`version: 1\n${after}`, "c.yml"),
  ).map(({ kind, before: was, after: now }) => [kind, was ?? "-", now ?? "-"].join(": "));

test("a larger tolerance is loosened, a smaller one tightened", () => {
  expect(changes("regression: { tolerance: 10% }", "regression: { tolerance: 20% }")).toEqual([
    "loosened: tolerance 10%: tolerance 20%",
  ]);
  expect(
    changes(
      "regression: { tolerance: { p50: 5%, p95: 10% }, min-effect: 2ms }",
      "regression: { tolerance: { p50: 7%, p95: 10% }, min-effect: 1ms }",
    ),
  ).toEqual(["tightened: min-effect 2ms: min-effect 1ms", "loosened: tolerance of p50 5%: tolerance of p50 7%"]);
});

test("a limit said for the first time is added", () => {
  expect(changes("", "regression: { confidence: 95% }")).toEqual(["added: -: confidence 95%"]);
});

test("what is no longer compared is removed", () => {
  expect(changes("regression: { metrics: [p50, stalls] }", "regression: { metrics: [p50, p95] }")).toEqual([
    "removed: stalls is compared: -",
    "added: -: p95 is compared",
  ]);
});

test("a new waiver loosens, an older or a longer one likewise says so", () => {
  const waive = (until: string) => `waive: [{ endpoint: "GET /", metric: p95, until: ${until}, reason: x }]`;
  const text = (until: string) => `p95 of "GET /" is waived until ${until}`;
  expect(changes("", waive("2026-12-24"))).toEqual([`loosened: -: ${text("2026-12-24")}`]);
  expect(changes(waive("2026-12-24"), waive("2027-01-24"))).toEqual([
    `loosened: ${text("2026-12-24")}: ${text("2027-01-24")}`,
  ]);
  expect(changes(waive("2026-12-24"), waive("2026-12-01"))[0]).toMatch(/^tightened/);
  expect(changes(waive("2026-12-24"), "")).toEqual([`tightened: ${text("2026-12-24")}: -`]);
});

test("the same rules have not changed", () => {
  const rules = "regression: { metrics: [p50], tolerance: { p50: 5% }, confidence: 99% }";
  expect(changes(rules, rules)).toEqual([]);
});
