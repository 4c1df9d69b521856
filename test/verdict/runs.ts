import { type Arm, cellKey, type Endpoint } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { FailureLog } from "../../src/stats/failures.ts";
import type { ThreadHealth } from "../../src/stats/health.ts";
import { type RunResult, resultSchemaVersion, type UserTrouble } from "../../src/stats/run-result.ts";
import type { Sample } from "../../src/stats/sample.ts";
import { type Block, blockMs, type Phase } from "../../src/stats/snapshot.ts";
import { summarize } from "../../src/stats/summary.ts";

export const home: Endpoint = { method: "GET", name: "/home" };

export const noTrouble: UserTrouble = {
  deadInOnStart: 0,
  peakUsers: 10,
  targetUsers: 10,
  killed: 0,
  retiredPairs: 0,
  missingAwaits: [],
  exceptions: [],
  forbiddenHosts: [],
  processExitCode: null,
};

export const calm: ThreadHealth = {
  thread: "0",
  delayP99Ms: 1,
  delayMaxMs: 2,
  utilization: 0.3,
  cpu: 0.3,
  lateStarts: 0,
  openSockets: 10,
};

/** A sample of `GET /home`, 20 ms, 200, unless told otherwise. */
export function sample(changes: Partial<Sample> = {}): Sample {
  return {
    arm: "head",
    endpoint: home,
    intendedMs: 0,
    startMs: 0,
    latencyMs: 20,
    status: 200,
    bytesIn: 100,
    bytesOut: 10,
    ...changes,
  };
}

/** A block of the given samples. */
export function blockOf(
  block: number,
  samples: readonly Sample[],
  { phase = "steady", health = [calm] }: { phase?: Phase; health?: readonly ThreadHealth[] } = {},
): Block {
  const cells = new Map<string, EndpointStats>();
  const failures = new FailureLog();
  for (const one of samples) {
    const key = cellKey(one.arm, one.endpoint);
    const stats = cells.get(key) ?? new EndpointStats();
    stats.record(one);
    cells.set(key, stats);
    if (one.failure) failures.record(one.arm, one.endpoint, one.failure, block * blockMs);
  }
  return { block, phase, users: new Map([["Shopper", 10]]), cells, failures, health: { threads: health } };
}

/** A whole result around blocks. */
export function resultOf(
  blocks: readonly Block[],
  { trouble = {}, ...changes }: Partial<Omit<RunResult, "trouble">> & { trouble?: Partial<UserTrouble> } = {},
): RunResult {
  return {
    schema: resultSchemaVersion,
    meta: {
      name: "load-test",
      engine: "test",
      measurement: 1,
      seed: "1",
      startedAt: "2026-01-01T00:00:00.000Z",
      endedAt: "2026-01-01T00:01:00.000Z",
      host: "http://127.0.0.1",
      baseHost: null,
      commit: "abc",
      baseCommit: null,
      locustfile: "locustfile.ts",
      locustfileHash: "h",
      profile: {
        users: 10,
        spawnRate: 10,
        runTimeMs: 60_000,
        requests: null,
        arrivalRate: null,
        shape: null,
        userClasses: ["Shopper"],
        tags: [],
        excludeTags: [],
      },
      machine: { cpuModel: "test", cores: 2, memoryBytes: 1, os: "linux", node: "24" },
      threads: 1,
    },
    blocks,
    summary: summarize(blocks),
    trouble: { ...noTrouble, ...trouble },
    warnings: [],
    interrupted: false,
    ...changes,
  };
}

/** `count` blocks of `perBlock` requests of `GET /home` each. */
export function steadyBlocks(count: number, perBlock: number, changes: (block: number, i: number) => Partial<Sample>) {
  return Array.from({ length: count }, (_, block) =>
    blockOf(
      block,
      Array.from({ length: perBlock }, (_, i) => sample(changes(block, i))),
    ),
  );
}

export const arms: readonly Arm[] = ["head", "base"];
