import { describe, expect, test } from "vitest";
import { Random } from "../../../src/base/random.ts";
import { type BaselineRecord, emptyBaseline } from "../../../src/baseline/baseline.ts";
import type { Endpoint } from "../../../src/stats/endpoint.ts";
import { Histogram } from "../../../src/stats/histogram.ts";
import { defaultCompareSettings as settings } from "../../../src/verdict/settings.ts";
import { predict } from "../../../src/verdict/statistics/prediction.ts";
import { compareStored } from "../../../src/verdict/stored/stored-baseline.ts";
import { same } from "../six-digits.ts";
import vectors from "../vectors.json" with { type: "json" };

/** 2000 requests about `ms`, from half to twice of it, in a fixed shape. */
function latencies(ms: number): Histogram {
  const histogram = new Histogram(2);
  for (let i = 0; i < 2000; i++) histogram.record(ms * 2 ** ((2 * (i + 0.5)) / 2000 - 1));
  return histogram;
}

const endpoint = (name: string): Endpoint => ({ method: "GET", name });

const profile: BaselineRecord["profile"] = {
  users: 10,
  spawnRate: 10,
  runTimeMs: 60_000,
  requests: null,
  arrivalRate: null,
  shape: null,
  userClasses: ["Shopper"],
  tags: [],
  excludeTags: [],
};

const compare = ({
  history,
  ...question
}: Omit<Parameters<typeof compareStored>[0], "baseline" | "settings"> & { history: readonly BaselineRecord[] }) =>
  compareStored({ ...question, settings, baseline: { ...emptyBaseline("test"), records: history } });

/** A run of the day with so many milliseconds by endpoint. */
function run(day: number, levels: Record<string, number>, changes: Partial<BaselineRecord> = {}): BaselineRecord {
  return {
    commit: `c${day}`,
    startedAt: new Date(Date.UTC(2026, 0, day)).toISOString(),
    id: `r${day}`,
    machine: { cpuModel: "m", cores: 2, memoryBytes: 1, os: "linux", node: "24" },
    profile,
    engine: "e",
    invalidated: null,
    markedAt: "",
    locustfileHash: "h",
    measurement: 1,
    pinned: false,
    endpoints: Object.entries(levels).map(([name, ms]) => ({
      endpoint: endpoint(name),
      requests: 2000,
      failures: 0,
      timeouts: 0,
      latencies: latencies(ms),
    })),
    ...changes,
  };
}

const names = ["/a", "/b", "/c", "/d", "/e"];
const all = (ms: number, changes: Record<string, number> = {}) => ({
  ...Object.fromEntries(names.map((name) => [name, ms])),
  ...changes,
});
/** Twenty runs whose whole level differs by 8 % and each endpoint by 2 % more. */
function noisyHistory(): BaselineRecord[] {
  const random = Random.from("history");
  const wobble = (sd: number) => Math.exp(sd * (random.float() + random.float() + random.float() - 1.5) * 2);
  return Array.from({ length: 20 }, (_, i) => {
    const level = 100 * wobble(0.08);
    return run(i + 1, Object.fromEntries(names.map((name) => [name, level * wobble(0.02)])));
  });
}
const outcomesOf = (comparisons: ReturnType<typeof compareStored>["comparisons"]) =>
  Object.fromEntries(
    comparisons
      .filter(({ outcome }) => outcome !== "unchanged" && outcome !== "could-not-tell")
      .map(({ endpoint, metric, outcome }) => [`${endpoint?.name ?? ""} ${metric}`.trim(), outcome]),
  );

describe("the prediction over runs", () => {
  const past = vectors.stored.baseline_ms.map(Math.log);
  const none = { sd: 0, df: 0 };

  test.each([
    ["one new run", [36], vectors.stored.one],
    ["three new runs", [36, 35.2, 36.9], vectors.stored.three],
  ] as const)("is the vectors' for %s", (_, ms, expected) => {
    const found = predict({ past, next: ms.map(Math.log), prior: none, margin: Math.log(1.02) });
    same(Math.expm1(found.estimate), expected.est);
    same(found.sd, expected.s);
    same(found.standardError, expected.se);
    same(found.t, expected.t);
    same(found.up, expected.p);
  });

  test("has the prior's spread while there is one stored run", () => {
    const { sd, df } = predict({ past: [0], next: [0], prior: { sd: 0.1, df: 4 }, margin: 0 });
    expect([sd, df]).toEqual([0.1, 4]);
  });
});

describe("a new run against stored ones", () => {
  test("no stored run is no baseline", () => {
    const { comparisons, findings } = compare({ current: run(9, all(100)), history: [] });
    expect([comparisons, findings.map(({ code }) => code)]).toEqual([[], ["no-baseline"]]);
  });

  test("with one stored run a doubling fails and a third more does not", () => {
    const few = { "/a": 100 };
    const judge = (ms: number) =>
      outcomesOf(compare({ current: run(9, { "/a": ms }), history: [run(1, few)] }).comparisons);
    expect(judge(500)).toEqual({ "/a p50": "regressed", "/a p95": "regressed" });
    expect(judge(133)).toEqual({ "/a p50": "inconclusive", "/a p95": "inconclusive" });
    expect(judge(103)).toEqual({});
  });

  test("one endpoint that moved alone is found behind a spread of 8 %", () => {
    const { comparisons } = compare({
      current: run(30, all(100, { "/c": 130 })),
      history: noisyHistory(),
    });
    expect(outcomesOf(comparisons)).toEqual({ "/c p50": "regressed", "/c p95": "regressed" });
    const c = comparisons.find(({ endpoint, metric }) => endpoint?.name === "/c" && metric === "p95");
    expect(c?.smallestDetectable).toBeLessThan(0.3);
    expect(c?.explanation[0]).toMatch(/other endpoints of its run: \+3\d %/);
  });

  test("what hits every endpoint is the suite's alone, and called what it is", () => {
    const { comparisons } = compare({ current: run(30, all(180)), history: noisyHistory() });
    expect(outcomesOf(comparisons)).toMatchObject({ suite: "regressed" });
    // Each by itself is past the tolerance: it must not read as unchanged.
    const times = comparisons.filter(({ metric }) => metric !== "errors");
    expect(new Set(times.map(({ outcome }) => outcome))).toEqual(new Set(["regressed", "inconclusive"]));
    const suite = comparisons.find(({ metric }) => metric === "suite");
    expect(suite?.explanation.join(" ")).toContain("the code or the machine");
  });

  test("an endpoint that stayed while the others got faster did not regress", () => {
    const { comparisons } = compare({
      current: run(30, all(65, { "/c": 95 })),
      history: noisyHistory(),
    });
    expect(outcomesOf(comparisons)["/c p95"]).toBeUndefined();
  });

  test("an unchanged run is unchanged and says what it could have seen", () => {
    const { comparisons } = compare({ current: run(30, all(100)), history: noisyHistory() });
    expect(outcomesOf(comparisons)).toEqual({});
    for (const { metric, smallestDetectable } of comparisons) {
      if (metric === "p95") expect(smallestDetectable).toBeGreaterThan(0.1);
    }
  });

  test("another load profile and another measurement are not compared", () => {
    const current = run(30, all(100));
    for (const changes of [{ profile: { ...profile, users: 20 } }, { measurement: 2 }]) {
      const history = [run(1, all(100), changes)];
      const { comparisons, findings } = compare({ current, history });
      expect([comparisons.length, findings[0]?.code]).toEqual([0, "inconclusive"]);
    }
  });

  test("eight runs of the same machine are enough to leave the others out", () => {
    const mixed = noisyHistory().map((past, i) =>
      i % 2 === 0 ? past : { ...past, machine: { ...past.machine, cpuModel: "other" } },
    );
    const current = run(30, all(100));
    expect(compare({ current, history: mixed }).usable?.records).toHaveLength(10);
    const few = compare({ current, history: mixed.slice(0, 10) });
    expect(few.usable?.records).toHaveLength(10);
    expect(few.comparisons[0]?.warnings[0]).toContain("5 of 10 stored runs come from another machine");
  });

  test("one wild run among the stored does not widen the interval", () => {
    const history = noisyHistory();
    const wild = [...history.slice(0, 19), run(20, all(300))];
    const width = (past: readonly BaselineRecord[]) => {
      const { comparisons } = compare({ current: run(30, all(100)), history: past });
      return comparisons.find(({ metric }) => metric === "suite")?.smallestDetectable ?? Number.NaN;
    };
    expect(width(wild)).toBeLessThan(1.1 * width(history));
  });

  test("slow drift is told against the oldest runs", () => {
    const history = Array.from({ length: 20 }, (_, i) => run(i + 1, all(100 * 1.02 ** i)));
    const { comparisons } = compare({ current: run(30, all(100 * 1.02 ** 20)), history });
    expect(comparisons[0]?.warnings.join()).toMatch(/slower than the oldest runs kept \(since 2026-01-01\)/);
  });

  test("new and missing endpoints are listed, not judged", () => {
    const history = [run(1, { "/a": 100, "/old": 100 })];
    const { comparisons } = compare({ current: run(2, { "/a": 100, "/new": 100 }), history });
    const named = (wanted: string) =>
      new Set(comparisons.filter(({ outcome }) => outcome === wanted).map(({ endpoint }) => endpoint?.name));
    expect([named("no-baseline"), named("missing")]).toEqual([new Set(["/new"]), new Set(["/old"])]);
  });

  test("errors that recur fail; the same number in one outage does not", () => {
    const current = run(30, { "/a": 100 });
    const failing: BaselineRecord = {
      ...current,
      endpoints: current.endpoints.map((one) => ({ ...one, failures: 40 })),
    };
    const windows = (failures: (i: number) => number) =>
      new Map([["GET /a", Array.from({ length: 40 }, (_, i) => ({ requests: 50, failures: failures(i) }))]]);
    const judge = (errorWindows: ReturnType<typeof windows>) =>
      outcomesOf(
        compare({
          current: failing,
          history: [run(1, { "/a": 100 }), run(2, { "/a": 100 })],
          errorWindows,
        }).comparisons,
      );
    expect(judge(windows(() => 1))).toEqual({ "/a errors": "regressed" });
    expect(judge(windows((i) => (i % 2 === 0 ? 2 : 0)))).toEqual({ "/a errors": "regressed" });
    expect(judge(windows((i) => (i === 7 ? 40 : 0)))).toEqual({ "/a errors": "inconclusive" });
  });
});
