import { describe, expect, test } from "vitest";
import { defaultCompareSettings as settings } from "../../src/verdict/settings.ts";
import type { PastRun } from "../../src/verdict/stored/history.ts";
import { judgeStored } from "../../src/verdict/stored/stored-baseline.ts";
import { drawStored } from "../bench/stored-noise.ts";

const machineOf = (cpuModel: string, cores = 4) => ({ cpuModel, cores, memoryBytes: 1, os: "Linux 6.8", node: "24" });
const noise = { sd: 0.05, correlation: 0.77, jobShare: 0.3, uneven: 0.3 };
const draw = (factor: number, seed: string) =>
  drawStored({ noise, endpoints: 6, runs: 10, passes: 1, factors: Array.from({ length: 6 }, () => factor) }, seed);
const on = (run: PastRun, cpuModel: string, cores = 4): PastRun => ({ ...run, machine: machineOf(cpuModel, cores) });
const failing = (run: PastRun, failures: number): PastRun => ({
  ...run,
  endpoints: run.endpoints.map((one) => ({ ...one, failures })),
});
/** Slower by so much on the logarithm: another machine. */
const shifted = (run: PastRun, by: number): PastRun => ({
  ...run,
  endpoints: run.endpoints.map((one) => ({
    ...one,
    latencies: { ...one.latencies, quantile: (ratio) => one.latencies.quantile(ratio) * Math.exp(by) },
  })),
});

describe("a machine that no stored run was measured on", () => {
  test.each([1.15, 1.3, 3])("leaves latencies undecided, never red: %d times slower", (factor) => {
    for (let i = 0; i < 20; i++) {
      const { current, runs } = draw(factor, `unseen ${i}`);
      const comparisons = judgeStored({
        current: on(current, "EPYC 9V74"),
        runs: runs.map((run) => on(run, "EPYC 7763")),
        settings,
      });
      const latencies = comparisons.filter(({ metric }) => metric !== "errors");
      expect(new Set(latencies.map(({ outcome }) => outcome))).toEqual(new Set(["inconclusive"]));
      expect(latencies[0]?.warnings[0]).toBe(
        "no stored run was measured on this machine (EPYC 9V74, 4 cores): what looks slower or faster may be the machine",
      );
      expect(latencies.some(({ metric }) => metric === "suite")).toBe(false);
    }
  });

  test("is one with another number of cores, and none with another kernel", () => {
    const { current, runs } = draw(1, "cores");
    const past = runs.map((run) => on(run, "EPYC 7763"));
    const judge = (now: PastRun) => judgeStored({ current: now, runs: past, settings });
    expect(judge(on(current, "EPYC 7763", 2)).find(({ metric }) => metric === "p95")?.outcome).toBe("inconclusive");
    const updated = { ...current, machine: { ...machineOf("EPYC 7763"), os: "Linux 6.14" } };
    expect(judge(updated).some(({ warnings }) => warnings.join().includes("machine"))).toBe(false);
  });

  test("still has its errors judged", () => {
    const { current, runs } = draw(1, "errors");
    const comparisons = judgeStored({
      current: on(failing(current, 200), "EPYC 9V74"),
      runs: runs.map((run) => on(run, "EPYC 7763")),
      settings,
    });
    const errors = comparisons.filter(({ metric }) => metric === "errors");
    expect(errors.length).toBe(6);
    expect(new Set(errors.map(({ outcome }) => outcome))).toEqual(new Set(["regressed"]));
  });
});

describe("a machine that few stored runs were measured on", () => {
  test("is measured from its own runs; the others teach how much runs differ", () => {
    let red = 0;
    let found = 0;
    for (let i = 0; i < 50; i++) {
      const { current, runs } = draw(1, `few ${i}`);
      // Two runs of this machine, eight of one that is 30 % faster.
      const past = runs.map((run, at) => (at < 2 ? on(run, "here") : on(shifted(run, -0.3), "there")));
      const judge = (now: PastRun) =>
        judgeStored({ current: on(now, "here"), runs: past, settings }).some(({ outcome }) => outcome === "regressed");
      if (judge(current)) red++;
      if (judge(shifted(current, 0.7))) found++;
    }
    expect(red).toBe(0);
    expect(found).toBeGreaterThanOrEqual(48);
  });
});

test("one bad stored run, one endpoint at twice its time, does not blind that endpoint", () => {
  let found = 0;
  for (let i = 0; i < 50; i++) {
    const { current, runs } = drawStored(
      { noise, endpoints: 10, runs: 10, passes: 1, factors: [1, 1, 1.5] },
      `bad run ${i}`,
    );
    const past = runs.map((run, at) => {
      if (at !== 4) return run;
      const bad = shifted(run, Math.log(2));
      return { ...run, endpoints: run.endpoints.map((one, e) => (e === 2 ? (bad.endpoints[e] ?? one) : one)) };
    });
    const comparisons = judgeStored({ current, runs: past, settings });
    if (comparisons.some(({ endpoint, outcome }) => endpoint?.name === "/e2" && outcome === "regressed")) found++;
  }
  expect(found).toBeGreaterThanOrEqual(47);
});
