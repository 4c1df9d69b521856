import type { MasterHooks } from "../../src/engine/master/options.ts";
import type { LoadPlan } from "../../src/engine/plan/load-plan.ts";

/** A plan with nothing special about it. */
export function planFor(changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    name: "test",
    engine: "0.0.0",
    commit: null,
    baseCommit: null,
    machine: { cpuModel: "test", cores: 2, memoryBytes: 1, os: "test", node: "24" },
    locustfile: "locustfile.ts",
    locustfileHash: "0",
    compiled: { entries: [], compiled: new Map(), hash: "0", root: "/" },
    engineUrl: new URL("../../src/index.ts", import.meta.url).href,
    threadUrl: new URL("../../src/engine/worker/thread.ts", import.meta.url).href,
    host: null,
    baseHost: null,
    users: 1,
    spawnRate: 100,
    runTimeMs: 1000,
    extensionMs: 0,
    runTimeIncludesRamp: false,
    requests: null,
    arrivalRate: null,
    warmup: { ms: 0 },
    stopTimeoutMs: 2000,
    threads: 1,
    seed: "seed",
    tags: [],
    excludeTags: [],
    userClasses: [],
    headers: [],
    secrets: [],
    allowedHosts: null,
    maxUsers: null,
    maxRate: null,
    countEverything: false,
    resetStats: false,
    equalWeights: false,
    configUsers: [],
    parsedOptions: {},
    judgedPhase: "steady",
    ...changes,
  };
}

/** Hooks that note their names in `calls`. */
export function notingHooks(calls: string[] = []): MasterHooks {
  const note = (name: string) => async () => void calls.push(name);
  return {
    testStart: note("testStart"),
    spawningComplete: async (count) => void calls.push(`spawningComplete ${count}`),
    testStopping: note("testStopping"),
    testStop: note("testStop"),
    quitting: note("quitting"),
    workerConnect: () => {},
    workerReport: () => {},
    heartbeat: () => {},
    custom: () => {},
    snapshot: () => {},
    resetStats: () => {},
  };
}
