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

test("what is about the whole run is covered where it is named, or where everything is", () => {
  const of = (change: { endpoint: string | null; metric: string | null }) =>
    waiverFor([{ ...waiver, ...change }], { endpoint: null, metric: "capacity", today: "2026-12-01" }) !== undefined;
  expect(of({ endpoint: null, metric: "capacity" })).toBe(true);
  expect(of({ endpoint: "*", metric: "capacity" })).toBe(true);
  expect(of({ endpoint: "*", metric: null })).toBe(true);
  expect(of({ endpoint: null, metric: "suite" })).toBe(false);
  expect(of({ endpoint: "GET *", metric: null })).toBe(false);
  expect(
    waiverFor([{ ...waiver, endpoint: null, metric: "stalls" }], { endpoint, metric: "stalls", today: "2026-12-01" }),
  ).toBeUndefined();
});

test("a waiver whose day is over is told", () => {
  expect(expiredWaivers([waiver], "2026-12-24")).toEqual([]);
  expect(expiredWaivers([waiver], "2026-12-25")).toEqual([waiver]);
});
