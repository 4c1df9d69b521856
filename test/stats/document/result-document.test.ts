import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GateError } from "../../../src/base/errors.ts";
import { Random } from "../../../src/base/random.ts";
import { decodeResult, encodeResult } from "../../../src/stats/document/result-document.ts";
import { cellKey } from "../../../src/stats/endpoint.ts";
import { EndpointStats } from "../../../src/stats/endpoint-stats.ts";
import { FailureLog, samplesKept } from "../../../src/stats/failures.ts";
import { measurementVersion, type RunResult, resultSchemaVersion } from "../../../src/stats/run-result.ts";
import type { Block } from "../../../src/stats/snapshot.ts";
import { summarize } from "../../../src/stats/summary.ts";

const meta: RunResult["meta"] = {
  name: "api",
  engine: "0.1.0",
  measurement: measurementVersion,
  seed: "abc",
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:01:00.000Z",
  host: "http://localhost:8080",
  baseHost: null,
  commit: null,
  baseCommit: null,
  locustfile: "locustfile.ts",
  locustfileHash: "0",
  profile: {
    users: 10,
    spawnRate: 10,
    runTimeMs: 60_000,
    requests: null,
    arrivalRate: null,
    shape: null,
    userClasses: ["U"],
    tags: [],
    excludeTags: [],
  },
  machine: { cpuModel: "x", cores: 2, memoryBytes: 1, os: "linux", node: "v24" },
  threads: 1,
};

function resultOf({
  blocks: howMany,
  endpoints,
  perBlock,
}: {
  blocks: number;
  endpoints: number;
  perBlock: number;
}): RunResult {
  const random = Random.from("result-document");
  const blocks = Array.from({ length: howMany }, (_, block): Block => {
    const cells = new Map<string, EndpointStats>();
    const failures = new FailureLog();
    for (let e = 0; e < endpoints; e++) {
      const endpoint = { method: "GET", name: `/item/${e}` };
      const stats = new EndpointStats();
      for (let i = 0; i < perBlock; i++) {
        const failed = i === 0 && e === 0;
        const failure = {
          kind: "status" as const,
          message: "500",
          sample: {
            request: "GET /",
            status: 500,
            headers: [["a", "b"] as const],
            body: "x".repeat(2048),
            atMs: block,
          },
        };
        stats.record({
          arm: "head",
          endpoint,
          intendedMs: 0,
          startMs: 0,
          latencyMs: 20 * Math.exp(0.35 * (random.float() + random.float() - 1)),
          status: failed ? 500 : 200,
          bytesIn: 10,
          bytesOut: 1,
          phases: { firstByte: 18, download: 0.2 },
          serverTiming: [["db", 3.5]],
          failure: failed ? failure : undefined,
        });
        if (failed) failures.record("head", endpoint, failure, block);
      }
      cells.set(cellKey("head", endpoint), stats);
    }
    const thread = {
      thread: "0",
      delayP99Ms: 1,
      delayMaxMs: 2,
      utilization: 0.2,
      cpu: 0.2,
      lateStarts: 0,
      openSockets: 10,
    };
    return { block, phase: "steady", users: new Map([["U", 10]]), cells, failures, health: { threads: [thread] } };
  });
  return {
    schema: resultSchemaVersion,
    meta,
    blocks,
    summary: summarize(blocks),
    trouble: {
      deadInOnStart: 0,
      peakUsers: 10,
      targetUsers: 10,
      killed: 0,
      retiredPairs: 0,
      missingAwaits: [],
      exceptions: [],
      forbiddenHosts: [],
      processExitCode: null,
    },
    warnings: [],
    interrupted: false,
  };
}

describe("result.json", () => {
  it("reads back to the same summary, and writes the same bytes again", () => {
    const result = resultOf({ blocks: 4, endpoints: 3, perBlock: 20 });
    const text = encodeResult(result);
    const again = decodeResult(text, "result.json");
    const once = encodeResult(again);
    expect(encodeResult(decodeResult(once, "result.json"))).toBe(once);
    expect(again.summary.endpoints.map((row) => [row.requests, row.failures, row.percentilesMs])).toEqual(
      result.summary.endpoints.map((row) => [
        row.requests,
        row.failures,
        row.percentilesMs.map((ms) => expect.closeTo(ms!, 3)),
      ]),
    );
    expect(again.summary.failures[0]?.samples).toHaveLength(samplesKept);
  });

  it("of ten endpoints and sixty seconds stays under 2 MB", () => {
    expect(encodeResult(resultOf({ blocks: 120, endpoints: 10, perBlock: 25 })).length).toBeLessThan(2_000_000);
  });

  it("of version 1 is read to the same numbers", () => {
    const file = join(import.meta.dirname, "../result-version-1.json");
    const { summary, blocks } = decodeResult(readFileSync(file, "utf8"), file);
    expect(summary.totals.map(({ arm, requests, failures }) => [arm, requests, failures])).toEqual([["head", 12, 2]]);
    expect(summary.totals[0]?.percentilesMs[0]).toBeCloseTo(20.208, 3);
    const [cell] = blocks[0]?.cells.values() ?? [];
    expect(cell?.phases.firstByte?.count).toBe(3);
    // Of 18 ms, in bins of 0.8 %.
    expect(cell?.phases.firstByte?.quantile(0.5)).toBeCloseTo(18, 0);
    expect(cell?.serverTiming.get("db")?.count).toBe(3);
  });

  it("of a long run joins histograms of neighbouring blocks and loses no request", () => {
    const long = resultOf({ blocks: 1000, endpoints: 2, perBlock: 3 });
    const text = encodeResult(long);
    const written = JSON.parse(text);
    expect(written.joined).toEqual({ latencies: 2, timings: 8 });
    const cells = written.blocks.flatMap((block: { cells: object[] }) => block.cells);
    expect(cells.filter((cell: object) => "success" in cell)).toHaveLength(1000);
    expect(cells.filter((cell: object) => "phases" in cell)).toHaveLength(250);
    const again = decodeResult(text, "r.json");
    expect(again.summary.totals[0]?.requests).toBe(6000);
    expect(again.summary.totals[0]?.percentilesMs).toEqual(
      long.summary.totals[0]?.percentilesMs.map((ms) => expect.closeTo(ms as number, 3)),
    );
    // Counts stay with their blocks.
    expect(
      again.blocks.map(({ cells }) => [...cells.values()].map(({ requests, failures }) => [requests, failures])),
    ).toEqual(
      long.blocks.map(({ cells }) => [...cells.values()].map(({ requests, failures }) => [requests, failures])),
    );
  });

  it("of somebody else is not read beyond its limit; our own is", () => {
    const text = encodeResult(resultOf({ blocks: 1, endpoints: 1, perBlock: 1 }));
    expect(() => decodeResult(text, "r.json", { limitBytes: 100 })).toThrow("larger than");
    expect(decodeResult(text, "r.json", { limitBytes: Number.POSITIVE_INFINITY }).blocks).toHaveLength(1);
  });

  it("is refused with its name and the place when it is not one", () => {
    const good = encodeResult(resultOf({ blocks: 1, endpoints: 1, perBlock: 1 }));
    for (const [text, message] of [
      ["{", "r.json: not JSON"],
      ["{}", "r.json: schema"],
      [good.replace('"schema":2', '"schema":3'), "written by a newer version"],
      [good.replace('"schema":2', '"schema":0'), "schema"],
      [good.replace('"bytesOut":1,', '"bytesOut":-1,'), "blocks.0.cells.0.bytesOut"],
      [good.replace(/HISTFA[^"]*/, "HISTFAgarbage"), "histogram"],
      [good.replace('"endpoint":0', '"endpoint":7'), "endpoint 7"],
      [good.replace('"latencySumMs":', '"latencySumMs":1e999,"x":'), "latencySumMs"],
    ] as const) {
      const reading = () => decodeResult(text, "r.json");
      expect(reading, message).toThrow(GateError);
      expect(reading).toThrow(message);
    }
  });
});
