import { Random } from "../../src/base/random.ts";
import { type Arm, cellKey, type Endpoint } from "../../src/stats/endpoint.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import { type Failure, FailureLog } from "../../src/stats/failures.ts";
import type { Health } from "../../src/stats/health.ts";
import { type RunMeta, type RunResult, resultSchemaVersion, type UserTrouble } from "../../src/stats/run-result.ts";
import type { Sample } from "../../src/stats/sample.ts";
import type { Block, Phase } from "../../src/stats/snapshot.ts";
import { summarize } from "../../src/stats/summary.ts";

/** How one endpoint of an invented target behaves. */
export interface Behaviour {
  readonly endpoint: Endpoint;
  /** Requests a second. */
  readonly rate: number;
  readonly medianMs: number;
  /** Standard deviation of the logarithm; 0.3 by default. */
  readonly spread?: number;
  readonly failures?: readonly { readonly share: number; readonly failure: Failure; readonly status: number }[];
  /** Multiplies latencies from this second on. */
  readonly slower?: { readonly fromSecond: number; readonly factor: number };
  readonly arm?: Arm;
  /** Share of requests that were sent a second time. */
  readonly retried?: number;
  /** Share of requests that the locustfile fired itself. */
  readonly fired?: number;
}

export interface ResultPlan {
  readonly behaviours: readonly Behaviour[];
  /** Seconds by phase, in order. */
  readonly phases?: readonly (readonly [Phase, number])[];
  readonly users?: number;
  readonly meta?: Partial<RunMeta>;
  readonly trouble?: Partial<UserTrouble>;
  readonly health?: Health;
  readonly warnings?: RunResult["warnings"];
  readonly interrupted?: boolean;
  readonly seed?: string;
}

/** When every invented run starts. */
export const startedAtMs = Date.UTC(2026, 8, 22, 10, 13, 0);

const quietHealth: Health = {
  threads: [
    { thread: "0", delayP99Ms: 1.2, delayMaxMs: 3.1, utilization: 0.31, cpu: 0.28, lateStarts: 0, openSockets: 10 },
  ],
  machine: { cpu: 0.4, steal: 0, memoryBytes: 180_000_000 },
};

/** A run of seeded samples, recorded the way the engine records them. */
export function makeResult(plan: ResultPlan): RunResult {
  const phases = plan.phases ?? [
    ["ramp", 2],
    ["steady", 10],
  ];
  const users = plan.users ?? 10;
  const random = Random.from(plan.seed ?? "make-result");
  const blocks: Block[] = [];
  for (const [phase, seconds] of phases) {
    for (let half = 0; half < seconds * 2; half++) {
      const block = blocks.length;
      const running = phase === "ramp" ? Math.ceil((users * (half + 1)) / (seconds * 2)) : users;
      blocks.push(makeBlock({ plan, block, phase, running, share: running / users, random }));
    }
  }
  const seconds = blocks.length / 2;
  return {
    schema: resultSchemaVersion,
    meta: {
      name: "api",
      engine: "swarmgate 0.1.0",
      measurement: 1,
      seed: "e4f5a6b",
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: new Date(startedAtMs + seconds * 1000).toISOString(),
      host: "http://localhost:8080",
      baseHost: null,
      commit: "e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3",
      baseCommit: null,
      locustfile: "locustfile.ts",
      locustfileHash: "0f".repeat(32),
      profile: {
        users,
        spawnRate: 10,
        runTimeMs: 10_000,
        requests: null,
        arrivalRate: null,
        shape: null,
        userClasses: ["Shopper"],
        tags: [],
        excludeTags: [],
      },
      machine: { cpuModel: "Test CPU", cores: 4, memoryBytes: 16_000_000_000, os: "linux x64", node: "24.0.0" },
      threads: 1,
      ...plan.meta,
    },
    blocks,
    summary: summarize(blocks),
    trouble: {
      deadInOnStart: 0,
      peakUsers: users,
      targetUsers: users,
      killed: 0,
      retiredPairs: 0,
      missingAwaits: [],
      exceptions: [],
      forbiddenHosts: [],
      processExitCode: null,
      ...plan.trouble,
    },
    warnings: plan.warnings ?? [],
    interrupted: plan.interrupted ?? false,
  };
}

function makeBlock(input: {
  plan: ResultPlan;
  block: number;
  phase: Phase;
  running: number;
  share: number;
  random: Random;
}): Block {
  const { plan, block, phase, random } = input;
  const cells = new Map<string, EndpointStats>();
  const failures = new FailureLog();
  for (const behaviour of plan.behaviours) {
    const arm = behaviour.arm ?? "head";
    const expected = (behaviour.rate / 2) * input.share;
    const requests = Math.floor(expected) + (random.float() < expected % 1 ? 1 : 0);
    if (requests === 0) continue;
    const stats = new EndpointStats();
    for (let i = 0; i < requests; i++) {
      const sample = makeSample({ behaviour, arm, atMs: startedAtMs + block * 500 + random.int(0, 499), random });
      stats.record(sample);
      if (sample.failure) failures.record(arm, behaviour.endpoint, sample.failure, sample.startMs);
    }
    cells.set(cellKey(arm, behaviour.endpoint), stats);
  }
  const health = plan.health ?? quietHealth;
  return { block, phase, users: new Map([["Shopper", input.running]]), cells, failures, health };
}

function makeSample(input: { behaviour: Behaviour; arm: Arm; atMs: number; random: Random }): Sample {
  const { behaviour, random, atMs } = input;
  const second = (atMs - startedAtMs) / 1000;
  const slower = behaviour.slower && second >= behaviour.slower.fromSecond ? behaviour.slower.factor : 1;
  const latencyMs = behaviour.medianMs * slower * Math.exp((behaviour.spread ?? 0.3) * normal(random));
  let dice = random.float();
  const failed = behaviour.failures?.find(({ share }) => {
    dice -= share;
    return dice < 0;
  });
  const sample = failed?.failure.sample;
  return {
    arm: input.arm,
    endpoint: behaviour.endpoint,
    intendedMs: atMs,
    startMs: atMs,
    latencyMs,
    status: failed?.status ?? 200,
    bytesIn: 1200,
    bytesOut: 90,
    phases: { blocked: 0.05, firstByte: latencyMs * 0.9, download: latencyMs * 0.1 },
    serverTiming: [["db", latencyMs * 0.6]],
    retried: behaviour.retried !== undefined && random.float() < behaviour.retried,
    fired: behaviour.fired !== undefined && random.float() < behaviour.fired,
    failure: failed && { ...failed.failure, sample: sample && { ...sample, atMs } },
  };
}

/** Box–Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}
