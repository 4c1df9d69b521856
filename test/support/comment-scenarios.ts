import { ManualClock } from "../../src/base/clock.ts";
import { Random } from "../../src/base/random.ts";
import { addRecord, emptyBaseline } from "../../src/baseline/baseline.ts";
import { recordOf } from "../../src/baseline/record.ts";
import { gateConfig } from "../../src/config/gate-config.ts";
import { judgeRun } from "../../src/gate/judge.ts";
import type { Past } from "../../src/gate/load-baseline.ts";
import { reportOf } from "../../src/gate/write-reports.ts";
import { parseReport, type Report, renderJson } from "../../src/report/document/report.ts";
import type { Endpoint } from "../../src/stats/endpoint.ts";
import type { RunResult } from "../../src/stats/run-result.ts";
import { exitCodeOf } from "../../src/verdict/exit-code.ts";
import { startedAtMs } from "./make-result.ts";
import { type Ask, type Simulation, simulate } from "./simulated-run.ts";

/** Runs of an invented shop with one thing wrong each, judged and reported as the gate does. */

const page = (method: string, name: string, weight: number, medianMs: number) => ({
  endpoint: { method, name } satisfies Endpoint,
  weight,
  medianMs,
});
const shop = [
  page("GET", "/", 5, 9),
  page("GET", "/products", 5, 12),
  page("GET", "/products/{id}", 5, 14),
  page("GET", "/search", 4, 31),
  page("POST", "/cart", 3, 18),
  page("GET", "/cart", 3, 11),
  page("POST", "/checkout", 3, 42),
];

const fewCheckouts = shop.map((one) => (one.endpoint.name === "/checkout" ? { ...one, weight: 0.4 } : one));

const usual: Simulation = { seed: "usual", shop, users: 40, waitMs: 310, seconds: 60 };

export interface Scenario {
  /** Left out: ten runs of the usual shop. */
  readonly past?: readonly Partial<Simulation>[];
  readonly now: Partial<Simulation>;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Ten days of the usual shop: each day's machine a few percent faster or slower. */
function tenDays(changes: Partial<Simulation> = {}): Partial<Simulation>[] {
  const random = Random.from("ten days");
  return Array.from({ length: 10 }, (_, day) => ({
    ...changes,
    seed: `day ${day}`,
    level: Math.exp(0.04 * (random.float() + random.float() + random.float() - 1.5) * 2),
    result: { behaviours: [], ...changes.result, meta: { ...changes.result?.meta, ...dayOf(day) } },
  }));
}

function dayOf(day: number) {
  const at = new Date(startedAtMs - (11 - day) * 86_400_000).toISOString();
  return { startedAt: at, endedAt: at, commit: `${day}`.repeat(40) };
}

const is = ({ endpoint: { method, name } }: Ask, label: string) => `${method} ${name}` === label;
const failed = (status: number, message: string) => ({
  status,
  failure: { kind: "status" as const, message },
});

export const scenarios: Readonly<Record<string, Scenario>> = {
  // At most 55 requests a second are answered: whoever comes later waits for a place.
  "throughput-cap": { now: { answer: ({ usualMs }) => ({ ms: usualMs + 241 }), waitMs: 450 } },
  leak: { now: { answer: (ask) => ({ ms: ask.usualMs + (is(ask, "GET /search") ? 0.9 * ask.second : 0) }) } },
  "cold-start": {
    now: { answer: ({ usualMs, second }) => ({ ms: usualMs * (1 + 5 * Math.exp(-second / 6)) }) },
  },
  // Everything that arrives within a pause is answered at its end.
  pauses: {
    now: {
      answer: ({ usualMs, second }) => ({
        ms: usualMs + (second % 20 < 1.2 && second > 6 ? 1200 - 1000 * (second % 20) : 0),
      }),
    },
  },
  "error-burst": {
    now: {
      answer: ({ usualMs, second, dice }) =>
        second > 31 && second < 35 && dice < 0.8
          ? { ms: 3, ...failed(503, "503 Service Unavailable") }
          : { ms: usualMs },
    },
  },
  // So few checkouts that no test can tell: 3 % of them fail, and the run is green.
  "new-failures": {
    past: tenDays({ shop: fewCheckouts }),
    now: {
      shop: fewCheckouts,
      seed: "three in a hundred",
      answer: (ask) =>
        is(ask, "POST /checkout") && ask.dice < 0.03
          ? { ms: ask.usualMs, ...failed(500, "500 Internal Server Error") }
          : { ms: ask.usualMs },
    },
  },
  "renamed-endpoint": {
    now: {
      shop: shop.map((one) =>
        one.endpoint.name === "/search" ? page("GET", "/search-v2", one.weight, 3 * one.medianMs) : one,
      ),
    },
  },
  // From the middle of the run on nobody gets an answer.
  "hung-target": {
    now: {
      answer: ({ usualMs, second }) => ({ ms: second < 35 ? usualMs : Number.POSITIVE_INFINITY }),
    },
  },
  "unseen-machine": {
    now: {
      level: 1.15,
      result: {
        behaviours: [],
        meta: {
          machine: { cpuModel: "Another CPU", cores: 2, memoryBytes: 8_000_000_000, os: "linux x64", node: "24.0.0" },
        },
      },
    },
  },
  "busy-machine": {
    now: {
      answer: ({ usualMs }) => ({ ms: 1.05 * usualMs }),
      health: (block) => ({
        threads: [
          {
            thread: "0",
            delayP99Ms: block % 3 === 0 ? 9 : 2,
            delayMaxMs: 24,
            utilization: 0.05,
            cpu: 0.05,
            lateStarts: 0,
            openSockets: 40,
          },
        ],
        machine: { cpu: 0.98, steal: 0.12, memoryBytes: 180_000_000 },
      }),
    },
  },
  "too-little-load": {
    past: tenDays({ users: 2, waitMs: 6000, result: { behaviours: [], users: 2 } }),
    now: { users: 2, waitMs: 6000, result: { behaviours: [], users: 2 } },
  },
  "nothing-at-all": { now: { shop: [], users: 0 } },
};

/** The gate's judgement of a scenario, as the document every surface reads. */
export function reportOfScenario({ past = tenDays(), now, settings = {} }: Scenario): Report {
  const result = simulate({ ...usual, seed: "now", ...now });
  const config = gateConfig({
    layers: [
      {
        values: new Map(Object.entries({ name: "api", host: "http://localhost:8080", seed: "1", ...settings })),
        spell: (name) => name,
      },
    ],
    file: null,
    defaults: {},
    promiseByDefault: true,
  });
  const before = pastOf(past.map((day) => simulate({ ...usual, ...day })));
  const clock = new ManualClock(startedAtMs + 90_000);
  const judged = judgeRun({ config, result, past: before, today: "2026-09-22" });
  const exitCode = exitCodeOf({ verdict: judged.verdict, failOn: judged.failOn });
  const report = reportOf({
    config,
    world: { clock, origin },
    result,
    judged,
    past: before,
    kept: { saved: false, whyNot: null },
    passed: exitCode === 0,
  });
  return parseReport(renderJson(report));
}

const origin = {
  commit: "e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3",
  baseCommit: null,
  branch: null,
  ownsBaseline: false,
  run: { id: 9_876_543_210, number: 12, attempt: 1, url: "https://github.example/acme/shop/actions/runs/9876543210" },
};

function pastOf(runs: readonly RunResult[]): Past {
  const baseline = runs.reduce(
    (stored, run) => addRecord(stored, { record: recordOf(run), keep: 20 }),
    emptyBaseline("api"),
  );
  return { wanted: true, store: "artifact", baseline: runs.length === 0 ? null : baseline, whyNot: null };
}
