import { Random } from "../../../src/base/random.ts";
import type { Baseline, BaselineRecord } from "../../../src/baseline/baseline.ts";
import { Histogram } from "../../../src/stats/histogram.ts";
import type { LoadProfile, Machine } from "../../../src/stats/run-result.ts";

export const machine: Machine = {
  cpuModel: "EPYC 7763",
  cores: 4,
  memoryBytes: 16e9,
  os: "linux x64",
  node: "24.19.0",
};

export const profile: LoadProfile = {
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

/** The `n`th accepted run, a day after the one before; the same for ever. */
export function recordNumber(n: number, changed: Partial<BaselineRecord> = {}): BaselineRecord {
  const random = Random.from("records", n);
  const latencies = new Histogram(2);
  for (let i = 0; i < 50; i++) latencies.record(20 + random.float() * 30);
  return {
    id: n.toString(16).padStart(12, "0"),
    commit: `${n.toString(16).padStart(8, "c")}${"0".repeat(32)}`,
    startedAt: new Date(Date.UTC(2026, 0, 1 + n)).toISOString(),
    machine,
    profile,
    locustfileHash: "abc",
    measurement: 1,
    engine: "swarmgate 0.1.0",
    pinned: false,
    invalidated: null,
    markedAt: "",
    endpoints: [{ endpoint: { method: "GET", name: "/" }, requests: 50, failures: 1, timeouts: 0, latencies }],
    ...changed,
  };
}

export const records = (count: number) => Array.from({ length: count }, (_, n) => recordNumber(n));

/** What of two baselines must be equal for them to say the same. */
export function essence({ name, window, records }: Baseline) {
  return {
    name,
    window,
    records: records.map(({ endpoints, ...rest }) => ({
      ...rest,
      endpoints: endpoints.map((e) => ({ ...e, latencies: [...e.latencies.bins()] })),
    })),
  };
}
