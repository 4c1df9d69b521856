import { Random } from "../../src/base/random.ts";
import { Redactor } from "../../src/base/redact.ts";
import { Recorder } from "../../src/stats/recorder.ts";
import { type RunMeta, type RunResult, resultSchemaVersion } from "../../src/stats/run-result.ts";
import { type Block, blockMs } from "../../src/stats/snapshot.ts";
import { summarize } from "../../src/stats/summary.ts";

export interface Invention {
  readonly endpoints: number;
  readonly seconds: number;
  /** Requests of each endpoint in a second. */
  readonly rate: number;
  readonly seed: string;
}

/** A run as the engine would have measured it, log-normal latencies between 5 and 50 ms, without waiting for it. */
export function inventedRun({ endpoints, seconds, rate, seed }: Invention): RunResult {
  const random = Random.from(seed);
  const recorder = new Recorder({ startedAtMs: 0, redactor: new Redactor([]) });
  const blocks: Block[] = [];
  const names = Array.from({ length: endpoints }, (_, i) => ({ method: "GET", name: `/catalogue/${i}/{item}` }));
  const users = new Map([["Visitor", endpoints * 10]]);
  for (let block = 0; block < (seconds * 1000) / blockMs; block++) {
    for (const [i, endpoint] of names.entries()) {
      for (let n = 0; n < (rate * blockMs) / 1000; n++) {
        const startMs = block * blockMs + random.float() * blockMs;
        const latencyMs = (5 + (45 * i) / endpoints) * Math.exp(0.4 * normal(random));
        const phases = { blocked: 0.02 * random.float(), firstByte: latencyMs * 0.9, download: latencyMs * 0.1 };
        recorder.record({
          arm: "head",
          endpoint,
          intendedMs: startMs,
          startMs,
          latencyMs,
          status: 200,
          bytesIn: 2000,
          bytesOut: 0,
          phases,
        });
      }
    }
    const machine = { cpu: 0.31, steal: 0, memoryBytes: 123_456_789 };
    const threads = [health(random)];
    for (const part of recorder.close({ untilBlock: block + 1, users, health: { threads, machine } })) {
      blocks.push({ ...part, phase: "steady" });
    }
  }
  return {
    schema: resultSchemaVersion,
    meta: meta({ endpoints, seconds, seed }),
    blocks,
    summary: summarize(blocks),
    trouble: {
      deadInOnStart: 0,
      peakUsers: endpoints * 10,
      targetUsers: endpoints * 10,
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

/** Box and Muller's. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function health(random: Random) {
  const share = 0.2 + 0.1 * random.float();
  const delayP99Ms = 1 + random.float();
  const delayMaxMs = 2 * delayP99Ms;
  return { thread: "0", delayP99Ms, delayMaxMs, utilization: share, cpu: share, lateStarts: 0, openSockets: 100 };
}

function meta({ endpoints, seconds, seed }: { endpoints: number; seconds: number; seed: string }): RunMeta {
  // Runs of different seeds are different runs of one test.
  const startedMs = Date.UTC(2030, 0, 1) + Random.from(seed, "start").int(0, 1e6) * 1000;
  return {
    name: "load-test",
    engine: "0.1.0",
    measurement: 1,
    seed,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: new Date(startedMs + seconds * 1000).toISOString(),
    host: "http://127.0.0.1:8080",
    baseHost: null,
    commit: "0123456789abcdef0123456789abcdef01234567",
    baseCommit: null,
    locustfile: "locustfile.ts",
    locustfileHash: "0123456789abcdef",
    profile: {
      users: endpoints * 10,
      spawnRate: 10,
      runTimeMs: seconds * 1000,
      requests: null,
      arrivalRate: null,
      shape: null,
      userClasses: ["Visitor"],
      tags: [],
      excludeTags: [],
    },
    machine: { cpuModel: "a processor", cores: 4, memoryBytes: 16 * 2 ** 30, os: "linux x64", node: "v24.19.0" },
    threads: 1,
  };
}
