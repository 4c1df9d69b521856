import { describe, expect, test } from "vitest";
import { defaultCompareSettings } from "../../../src/verdict/settings.ts";
import { decide } from "../../../src/verdict/side-by-side/decide.ts";
import type { RunWindows } from "../../../src/verdict/side-by-side/window.ts";
import { same } from "../six-digits.ts";
import { generate, windowsOf } from "../vector-data.ts";
import vectors from "../vectors.json" with { type: "json" };

const K = 60;
const n = 40;
const endpoint = (name: string, seed: number, scaleB: number, every: number) => ({
  endpoint: { method: "GET", name },
  widthMs: 1000,
  latency: windowsOf(generate({ seed, K, n, scaleB })),
  felt: null,
  errors: Array.from({ length: K }, (_, k) => ({
    base: { failures: k === 30 ? 1 : 0, requests: n },
    head: { failures: k % every === 0 ? 1 : 0, requests: n },
  })),
});
const windows: RunWindows = {
  judgedMs: 60_000,
  endpoints: [
    endpoint("same", 11, 1, 60),
    endpoint("slower25", 12, 1.25, 60),
    endpoint("faster20", 13, 0.8, 60),
    endpoint("errors", 14, 1, 2),
  ],
  stalls: [],
  appeared: [],
  vanished: [],
};
// The vectors know no margin by the minimum effect, so it is set where it makes none.
const settings = { ...defaultCompareSettings, minEffectMs: 0.5 };

describe("one look", () => {
  const decision = decide(windows, { settings, alpha: 0.01, passAlpha: 0.05 });

  test("is the vectors'", () => {
    expect(decision.outcome).toBe(vectors.decide.verdict);
    for (const row of vectors.decide.rows) {
      const test = decision.tests.find((one) => one.endpoint?.name === row.endpoint && one.metric === row.metric);
      if (!test) throw new Error(`${row.endpoint} ${row.metric} is missing`);
      const scale = row.metric === "errors" ? 1 : 1000;
      same(test.before * scale, row.base);
      same(test.after * scale, row.head);
      if ("ratio" in row && row.ratio !== undefined) same(test.estimate, row.ratio);
      same(test.up, row.up);
      same(test.down, row.down);
      // The vectors say of errors only whether they pass.
      if (row.metric === "errors") expect(test.pass <= 0.05).toBe(row.pass === 0);
      else same(test.pass, row.pass);
      expect([row.endpoint, row.metric, test.outcome]).toEqual([row.endpoint, row.metric, row.verdict]);
    }
  });

  test("no pass is given while none is wanted", () => {
    const early = decide(
      { ...windows, endpoints: windows.endpoints.slice(0, 1) },
      { settings, alpha: 0.01, passAlpha: 0 },
    );
    expect(early.outcome).toBe("undecided");
  });

  test("too few requests are undecided and say how many are needed", () => {
    const few = { ...endpoint("few", 1, 2, 60) };
    const cut = { ...few, latency: few.latency.slice(0, 20) };
    const [p50, p95] = decide({ ...windows, endpoints: [cut] }, { settings, alpha: 0.01, passAlpha: 0.05 }).tests;
    expect(p50?.insufficient).toBeNull();
    expect([p95?.outcome, p95?.insufficient]).toEqual(["undecided", "800 requests on one side; 1000 are needed"]);
  });

  test("the same input gives the same decision", () => {
    expect(decide(windows, { settings, alpha: 0.01, passAlpha: 0.05 })).toEqual(decision);
  });
});
