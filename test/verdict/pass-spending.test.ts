import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultCompareSettings as settings } from "../../src/verdict/settings.ts";
import { decide } from "../../src/verdict/side-by-side/decide.ts";
import type { RunWindows } from "../../src/verdict/side-by-side/window.ts";
import { passShare, planLooks } from "../../src/verdict/statistics/looks.ts";
import { tUpperTail } from "../../src/verdict/statistics/student-t.ts";
import { generate, normals, windowsOf } from "./vector-data.ts";

const times = fc.record({
  fromMs: fc.integer({ min: 10, max: 600 }).map((s) => s * 1000),
  limitMs: fc.integer({ min: 10, max: 1200 }).map((s) => s * 1000),
});

test("however the looks lie, all of them together spend five in a hundred on passes, and none in the first minute", () => {
  fc.assert(
    fc.property(times, ({ fromMs, limitMs }) => {
      let sinceMs = 0;
      let spent = 0;
      for (const { atMs, passAlpha } of planLooks({ fromMs, limitMs, alpha: 0.01 })) {
        const share = passShare({ atMs, sinceMs, limitMs });
        expect(share).toBeGreaterThanOrEqual(0);
        // Looks have much in common, so each may decide at more than it spends, and never at more than all may spend.
        expect(passAlpha).toBeGreaterThanOrEqual(share - 1e-6);
        expect(passAlpha).toBeLessThanOrEqual(0.05 + 1e-4);
        if (atMs < Math.min(60_000, limitMs)) expect(share).toBe(0);
        expect(passAlpha === 0).toBe(share === 0);
        spent += share;
        sinceMs = atMs;
      }
      expect(spent).toBeCloseTo(0.05, 12);
    }),
  );
});

test("as often as it says, a look is the first to pass what lies at its limit", () => {
  const looks = planLooks({ fromMs: 60_000, limitMs: 240_000, alpha: 0.01 });
  const normal = normals(7);
  const draws = 20_000;
  let passed = 0;
  for (let i = 0; i < draws; i++) {
    let sum = 0;
    let sinceMs = 0;
    for (const { atMs, passAlpha } of looks) {
      sum += normal() * Math.sqrt(atMs - sinceMs);
      sinceMs = atMs;
      if (tUpperTail({ t: sum / Math.sqrt(atMs), df: 1e6 }) > passAlpha) continue;
      passed++;
      break;
    }
  }
  expect(Math.abs(passed / draws - 0.05)).toBeLessThan(0.005);
});

const endpoint = (name: string, seed: number) => ({
  endpoint: { method: "GET", name },
  widthMs: 1000,
  latency: windowsOf(generate({ seed, K: 60, n: 40, scaleB: 1 })),
  felt: null,
  errors: Array.from({ length: 60 }, () => ({
    base: { failures: 0, requests: 40 },
    head: { failures: 0, requests: 40 },
  })),
});
const windows: RunWindows = {
  judgedMs: 60_000,
  endpoints: [endpoint("/a", 11), endpoint("/b", 21)],
  stalls: [],
  appeared: [],
  vanished: [],
};
const outcomes = ({ tests }: ReturnType<typeof decide>) => tests.map(({ outcome }) => outcome);

test("what one look has passed stands at the next, which has spent nothing on it", () => {
  const first = decide(windows, { settings, alpha: 0.0025, passAlpha: 0.05 });
  expect(outcomes(first)).toContain("pass");
  const next = decide(windows, { settings, alpha: 0.0025, passAlpha: 1e-12, passed: first.passed });
  expect(outcomes(next)).toEqual(outcomes(first));
  expect(outcomes(decide(windows, { settings, alpha: 0.0025, passAlpha: 1e-12 }))).not.toEqual(outcomes(first));
});

test("what has passed and looks like a regression by now has not passed", () => {
  const passed = new Set(["p50 GET /a", "p95 GET /a"]);
  const slower = { ...endpoint("/a", 11), latency: windowsOf(generate({ seed: 11, K: 60, n: 40, scaleB: 1.3 })) };
  const { tests } = decide({ ...windows, endpoints: [slower] }, { settings, alpha: 0, passAlpha: 0, passed });
  for (const { metric, outcome } of tests) if (metric.startsWith("p")) expect(outcome).toBe("undecided");
});
