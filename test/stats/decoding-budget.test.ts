import { expect, test } from "vitest";
import { Random } from "../../src/base/random.ts";
import { decodeBaseline } from "../../src/baseline/document.ts";
import { DecodingBudget } from "../../src/stats/decoding-budget.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { Histogram } from "../../src/stats/histogram.ts";

/** Every bin there is, each seen once: about a hundred characters. */
const everyBin = new Histogram(3, new Map(Array.from({ length: 22_000 }, (_, bin) => [bin, 1]))).encode();

test("a histogram of a hundred characters is a megabyte, and a document of them is refused unread", () => {
  expect(everyBin.length).toBeLessThan(200);
  const cell = { endpoint: 0, requests: 22_000, statuses: { 200: 22_000 }, success: everyBin };
  const block = { phase: "steady", users: { U: 1 }, cells: [cell], threads: [] };
  const document = {
    schema: 2,
    meta: {
      name: "api",
      engine: "0.1.0",
      measurement: 1,
      seed: "a",
      startedAt: "2026-01-01T00:00:00.000Z",
      endedAt: "2026-01-01T00:01:00.000Z",
      host: null,
      baseHost: null,
      commit: null,
      baseCommit: null,
      locustfile: "locustfile.ts",
      locustfileHash: "0",
      profile: {
        users: 1,
        spawnRate: 1,
        runTimeMs: 1,
        requests: null,
        arrivalRate: null,
        shape: null,
        userClasses: [],
        tags: [],
        excludeTags: [],
      },
      machine: { cpuModel: "x", cores: 2, memoryBytes: 1, os: "linux", node: "v24" },
      threads: 1,
    },
    endpoints: [{ method: "GET", name: "/" }],
    blocks: Array.from({ length: 400 }, (_, number) => ({ ...block, block: number })),
    trouble: {
      deadInOnStart: 0,
      peakUsers: 1,
      targetUsers: 1,
      killed: 0,
      retiredPairs: 0,
      missingAwaits: [],
      exceptions: [],
      forbiddenHosts: [],
      processExitCode: null,
      lateStarts: 0,
      throttled: 0,
    },
    warnings: [],
    interrupted: false,
  };
  const text = JSON.stringify(document);
  expect(text.length).toBeLessThan(120_000);
  const before = process.memoryUsage().heapUsed;
  expect(() => decodeResult(text, "result.json")).toThrow(/result\.json: its histograms unpack to more than \d+ bytes/);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150e6);
  // One of them is as good as any other histogram.
  expect(Histogram.decode(everyBin, new DecodingBudget(everyBin.length)).count).toBe(22_000);
});

test("what is measured stays far below the bound, whatever its shape", () => {
  const random = Random.from("decoding-budget");
  for (const digits of [2, 3] as const) {
    for (const low of [1, 5, 50, 500]) {
      for (const spread of [0, 0.1, 1, 5]) {
        for (const samples of [1, 20, 1000, 20_000]) {
          const measured = new Histogram(digits);
          for (let i = 0; i < samples; i++) measured.record(low * (1 + spread * random.float()));
          const text = measured.encode();
          const budget = new DecodingBudget(text.length, Number.POSITIVE_INFINITY);
          const all = budget.leftBytes;
          Histogram.decode(text, budget);
          // 64 KiB of the bound are there for every document, however small.
          expect(all - budget.leftBytes).toBeLessThan((all - 64 * 1024) / 2);
        }
      }
    }
  }
});

test("a document cannot have more unpacked than the memory allows", () => {
  const budget = new DecodingBudget(30e6, 48 * 30_000);
  Histogram.decode(everyBin, budget);
  expect(() => Histogram.decode(everyBin, budget)).toThrow("unpack to more than 30000 bytes");
});

test("a baseline is held to the same bound", () => {
  expect(decodeBaseline(baselineOf(400))).toMatchObject({
    is: "unreadable",
    why: expect.stringContaining("unpack to more than"),
  });
  expect(decodeBaseline(baselineOf(1))).toMatchObject({ is: "found" });
});

function baselineOf(endpoints: number): string {
  const record = {
    id: "0123456789ab",
    commit: "a",
    startedAt: "2026-01-01T00:00:00.000Z",
    machine: { cpuModel: "x", cores: 2, memoryBytes: 1, os: "linux", node: "v24" },
    profile: {
      users: 1,
      spawnRate: 1,
      runTimeMs: 1,
      requests: null,
      arrivalRate: null,
      shape: null,
      userClasses: [],
      tags: [],
      excludeTags: [],
    },
    locustfileHash: "0",
    measurement: 1,
    engine: "0.1.0",
    endpoints: Array.from({ length: endpoints }, (_, i) => ({
      method: "GET",
      name: `/${i}`,
      requests: 1,
      failures: 0,
      timeouts: 0,
      latencies: everyBin,
    })),
  };
  return JSON.stringify({ schema: 1, name: "api", revision: 1, window: null, records: [record] });
}
