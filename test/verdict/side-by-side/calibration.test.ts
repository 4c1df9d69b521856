import { expect, test } from "vitest";
import type { Comparison } from "../../../src/verdict/comparison.ts";
import { calibrate, calibrationLines } from "../../../src/verdict/side-by-side/calibration.ts";
import { home } from "../runs.ts";

function compared(changes: Partial<Comparison>): Comparison {
  return {
    endpoint: home,
    metric: "p95",
    method: "side-by-side",
    before: 20,
    after: 20.4,
    change: { estimate: 0.02, low: -0.041, high: 0.083 },
    p: 0.5,
    n: 2000,
    tolerance: 0.1,
    smallestDetectable: 0.16,
    outcome: "unchanged",
    warnings: [],
    explanation: [],
    ...changes,
  };
}

test("a tolerance is suggested that two equals stay within, of all endpoints the widest", () => {
  const cart = { method: "POST", name: "/cart" };
  const { tolerances, floors } = calibrate([
    compared({}),
    compared({ endpoint: cart, change: { estimate: -0.05, low: -0.118, high: 0.02 } }),
    compared({ metric: "p50", change: { estimate: 0, low: -0.004, high: 0.004 } }),
    compared({ metric: "errors", change: { estimate: 0, low: -0.0021, high: 0.0021 }, smallestDetectable: 0.006 }),
  ]);
  expect(Object.fromEntries([...tolerances].map(([metric, value]) => [metric, Number(value.toFixed(6))]))).toEqual({
    p95: 0.12,
    p50: 0.03,
    errors: 0.003,
  });
  expect(floors).toHaveLength(4);
});

test("is told endpoint by endpoint, with lines for the configuration, and what could not be known", () => {
  const few = compared({
    metric: "p99",
    change: { estimate: 0.2, low: null, high: null },
    warnings: ["90 requests on one side; 5000 are needed"],
  });
  const stalls = compared({ endpoint: null, metric: "stalls" });
  expect(calibrationLines(calibrate([compared({}), few, stalls])).map(({ text }) => text)).toEqual([
    "suggested for the configuration: regression: { tolerance: { p95: 9% } }",
    "GET /home p95: two equals differed by 2 % (between -4.1 % and 8.3 %); smallest detectable change 16 %",
    "GET /home p99: too few requests to say (90 requests on one side; 5000 are needed)",
  ]);
});
