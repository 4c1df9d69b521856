import { expect, test } from "vitest";
import { expiredWaivers, waiverFor } from "../../src/slo/waiver.ts";

const waiver = {
  endpoint: "POST /checkout",
  metric: "p95",
  until: "2026-12-24",
  reason: "fraud check",
  place: "c.yml:1:1",
};
const endpoint = { method: "POST", name: "/checkout" };

test("a waiver covers its endpoint and metric to the end of its day", () => {
  expect(waiverFor([waiver], { endpoint, metric: "p95", today: "2026-12-24" })).toBe(waiver);
  expect(waiverFor([waiver], { endpoint, metric: "p95", today: "2026-12-25" })).toBeUndefined();
  expect(waiverFor([waiver], { endpoint, metric: "p50", today: "2026-12-01" })).toBeUndefined();
  expect(
    waiverFor([waiver], { endpoint: { ...endpoint, method: "GET" }, metric: "p95", today: "2026-12-01" }),
  ).toBeUndefined();
  expect(waiverFor([{ ...waiver, metric: null }], { endpoint, metric: "p50", today: "2026-12-01" })).toBeDefined();
});

test("a waiver whose day is over is told", () => {
  expect(expiredWaivers([waiver], "2026-12-24")).toEqual([]);
  expect(expiredWaivers([waiver], "2026-12-25")).toEqual([waiver]);
});
