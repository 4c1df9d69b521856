import { describe, expect, test } from "vitest";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import type { Sample } from "../../src/stats/sample.ts";
import type { Comparison } from "../../src/verdict/comparison.ts";
import { explain, whereItWent } from "../../src/verdict/explain.ts";
import { home, sample } from "./runs.ts";

const many = (changes: Partial<Sample>, others: Partial<Sample> = changes) => {
  const stats = new EndpointStats();
  for (let i = 0; i < 100; i++) stats.record(sample(i % 2 === 0 ? changes : others));
  return stats;
};

describe("where the time went", () => {
  test("names the phase and the Server-Timing metric that grew", () => {
    const base = many({ latencyMs: 50, phases: { firstByte: 40, download: 10 }, serverTiming: [["db", 20]] });
    const head = many({ latencyMs: 90, phases: { firstByte: 78, download: 12 }, serverTiming: [["db", 55]] });
    expect(whereItWent({ base, head }).map(({ text }) => text)).toEqual([
      "38 ms of 40 ms on average went into waiting for the first byte",
      "35 ms of 40 ms on average shows in db of Server-Timing",
    ]);
  });

  test("tells lost keep-alive from slow connecting", () => {
    const kept = { latencyMs: 20, phases: { firstByte: 20 } };
    const fresh = { latencyMs: 30, phases: { connect: 10, firstByte: 20 } };
    expect(whereItWent({ base: many(kept), head: many(fresh, kept) }).map(({ text }) => text)).toEqual([
      "5 ms of 5 ms on average went into connecting",
      "new connections for 50 % of the requests, before 0 %: keep-alive was lost",
    ]);
  });

  test("says nothing where nothing grew", () => {
    expect(whereItWent({ base: many({ latencyMs: 30 }), head: many({ latencyMs: 20 }) })).toEqual([]);
  });
});

test("same median and worse tail is said in words", () => {
  const p95: Comparison = {
    endpoint: home,
    metric: "p95",
    method: "side-by-side",
    before: 100,
    after: 140,
    change: { estimate: 0.4, low: 0.3, high: 0.5 },
    p: 1e-6,
    n: 6000,
    tolerance: 0.1,
    smallestDetectable: 0.08,
    outcome: "regressed",
    warnings: [],
    explanation: [],
  };
  const p50: Comparison = {
    ...p95,
    metric: "p50",
    tolerance: 0.05,
    change: { estimate: 0.01, low: -0.01, high: 0.02 },
    outcome: "unchanged",
  };
  expect(explain([p50, p95], null)[1]?.explanation).toEqual([
    "the median stayed: some requests got much slower, not all of them a little",
  ]);
  // Endpoints are the same by name: documents and tables make objects of their own.
  expect(explain([{ ...p50, endpoint: { ...home } }, p95], null)[1]?.explanation).toHaveLength(1);
  const all: Comparison = { ...p50, outcome: "regressed", change: { estimate: 0.3, low: 0.2, high: 0.4 } };
  expect(explain([all, p95], null)[1]?.explanation).toEqual([]);
});
