import { ours, saidOf, say } from "../../src/base/sentence.ts";
import { buildReport, type ReportInput } from "../../src/report/build-report.ts";
import type { Report } from "../../src/report/document/report.ts";
import type { ThresholdResult } from "../../src/slo/promise.ts";
import type { Endpoint } from "../../src/stats/endpoint.ts";
import type { RunResult } from "../../src/stats/run-result.ts";
import type { Capacity } from "../../src/verdict/capacity/capacity.ts";
import type { CapacityStep } from "../../src/verdict/capacity/capacity-step.ts";
import type { Comparison } from "../../src/verdict/comparison.ts";
import { reason } from "../../src/verdict/reasons.ts";
import { type Behaviour, makeResult } from "./make-result.ts";

export const home: Endpoint = { method: "GET", name: "/home" };
export const item: Endpoint = { method: "GET", name: "/item/{id}" };
export const checkout: Endpoint = { method: "POST", name: "/checkout" };

const shop: readonly Behaviour[] = [
  { endpoint: home, rate: 40, medianMs: 21 },
  { endpoint: item, rate: 20, medianMs: 34 },
  { endpoint: checkout, rate: 10, medianMs: 96 },
];

export function comparison(changes: Partial<Comparison> = {}): Comparison {
  return {
    endpoint: home,
    metric: "p95",
    method: "side-by-side",
    before: 34,
    after: 34.4,
    change: { estimate: 0.0118, low: -0.03, high: 0.05 },
    p: 0.6,
    n: 960,
    tolerance: 0.1,
    smallestDetectable: 0.06,
    outcome: "unchanged",
    warnings: [],
    explanation: [],
    ...changes,
  };
}

export function threshold(changes: Partial<ThresholdResult> = {}): ThresholdResult {
  return {
    source: "p95 < 300ms",
    place: "slo:1",
    endpoint: null,
    metric: "p95",
    unit: "ms",
    operator: "<",
    expected: 300,
    actual: 141.2,
    interval: [133, 150],
    n: 700,
    outcome: "pass",
    message: "p95 of all requests is 141 ms, promised < 300 ms",
    ...changes,
  };
}

const kept = threshold();
const errorsKept = threshold({
  source: "errors < 1%",
  place: "slo:2",
  metric: "errors",
  unit: "ratio",
  expected: 0.01,
  actual: 0,
  interval: null,
});
const p99Broken = threshold({
  source: 'p99 < 250ms of "POST /checkout"',
  place: ".github/swarmgate.yml:9:5",
  endpoint: checkout,
  metric: "p99",
  expected: 250,
  actual: 812,
  interval: [790, 845],
  n: 100,
  outcome: "fail",
  message: "p99 of POST /checkout is 812 ms, promised < 250 ms",
});
const grewInTheServer = say`The time to the first byte grew by 80 ms; connections took as long as before.`;
const slowCheckout = comparison({
  endpoint: checkout,
  before: 221,
  after: 305,
  change: { estimate: 0.38, low: 0.29, high: 0.48 },
  p: 0.0001,
  n: 400,
  outcome: "regressed",
  explanation: [grewInTheServer.text],
  said: saidOf(grewInTheServer),
});
const unchanged = [
  comparison(),
  comparison({ endpoint: item, before: 55, after: 54, change: { estimate: -0.018, low: -0.06, high: 0.03 } }),
];
const sideBySide = {
  mode: "side-by-side",
  confidence: 0.99,
  tolerance: 0.1,
  minEffectMs: 1,
  errorTolerance: 0.005,
} as const;
const stored = { ...sideBySide, mode: "baseline" } as const;
const run = {
  id: 9_876_543_210,
  number: 12,
  attempt: 1,
  url: "https://github.example/acme/shop/actions/runs/9876543210",
};
const generatedAt = "2026-09-22T10:14:00.000Z";
const foundBaseline = {
  found: true,
  commit: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678",
  measuredAt: "2026-09-20T08:00:00.000Z",
  runs: 12,
  store: "artifact",
};

function twoArms(headCheckoutMs: number): RunResult {
  const base = shop.map((behaviour): Behaviour => ({ ...behaviour, arm: "base" }));
  const head = shop.map((behaviour) =>
    behaviour.endpoint === checkout
      ? { ...behaviour, medianMs: headCheckoutMs, failures: [gatewayTimeout(0.05)] }
      : behaviour,
  );
  const meta = { baseHost: "http://localhost:8081", baseCommit: foundBaseline.commit };
  return makeResult({ behaviours: [...head, ...base], meta });
}

export function gatewayTimeout(share: number) {
  return {
    share,
    status: 504,
    failure: {
      kind: "status" as const,
      message: "504 Gateway Timeout",
      sample: {
        request: "POST /checkout",
        status: 504,
        headers: [["content-type", "application/json"]] as const,
        body: '{"error":"upstream timed out"}',
        atMs: 0,
      },
    },
  };
}

const defaults = { generatedAt, run, passed: true } as const;

const hostileNames = [
  "/a|b",
  "/<img src=x onerror=alert(1)>",
  "/`code` ``more``",
  "/line\nbreak\r\n::error::forged",
  "@everyone #1 https://evil.example",
  "\u202e/gnp.exe ##[error]x",
  "</details><!-- swarmgate:other -->",
  "",
];

/** The reports every renderer is held against. */
/** A search that found a knee a little above 100 users; what failed there was tried again. */
const searched: Capacity = {
  unit: "users",
  end: "bracketed",
  bounds: { start: 25, least: 1, most: 1000, isWhole: true, precision: 0.05 },
  steps: [
    capacityStep({ load: 25, rps: 50, p95Ms: 92 }),
    capacityStep({ load: 50, rps: 100, p95Ms: 104 }),
    capacityStep({ load: 100, rps: 196, p95Ms: 141.2 }),
    capacityStep({ load: 200, rps: 214, p95Ms: 920, outcome: "broken" }),
    capacityStep({ load: 141, rps: 212, p95Ms: 520, outcome: "broken" }),
    capacityStep({ load: 119, rps: 209, p95Ms: 371, outcome: "broken" }),
    capacityStep({ load: 109, rps: 208, p95Ms: 312, outcome: "undecided" }),
    capacityStep({ load: 104, rps: 205, p95Ms: 333, outcome: "broken" }),
    capacityStep({ load: 104, rps: 205, p95Ms: 335, outcome: "broken" }),
  ],
};

function capacityStep(step: Pick<CapacityStep, "load" | "rps"> & { p95Ms: number; outcome?: CapacityStep["outcome"] }) {
  const { load, rps, p95Ms, outcome = "held" } = step;
  const numbers = { windowMs: 11_500, requests: Math.round(rps * 11.5), errorRatio: 0, utilization: 0.31 };
  const latencies = { p50Ms: Math.round(p95Ms / 4), p95Ms, p99Ms: Math.round(p95Ms * 1.3) };
  const why = `p95 of all requests was ${Math.round(p95Ms)} ms; promised below 300 ms`;
  return { load, rps, outcome, ...numbers, ...latencies, why: outcome === "held" ? null : why };
}

export const sampleInputs: Readonly<Record<string, () => ReportInput>> = {
  pass: () => ({
    ...defaults,
    result: makeResult({ behaviours: shop }),
    verdict: {
      conclusion: "pass",
      reasons: [],
      thresholds: [kept, errorsKept],
      comparisons: unchanged.map((c) => ({ ...c, method: "baseline" as const })),
    },
    baseline: foundBaseline,
    comparing: stored,
  }),
  fail: () => ({
    ...defaults,
    passed: false,
    result: twoArms(130),
    verdict: {
      conclusion: "fail",
      reasons: [
        reason("slo", ours("1 promise is broken.")),
        reason("regression", say`p95 of ${"POST /checkout"} is 38 % slower.`),
      ],
      thresholds: [kept, errorsKept, p99Broken],
      comparisons: [...unchanged, slowCheckout],
    },
    comparing: sideBySide,
    gateChanges: [
      { kind: "loosened", setting: "slo", before: "p95 < 300ms", after: "p95 < 900ms", inEffect: true },
      { kind: "measured", setting: "locustfile", before: null, after: "load/locustfile.ts is changed", inEffect: true },
    ],
    configuration: [
      ["users", "10"],
      ["run-time", "10s"],
    ],
  }),
  capacity: () => ({
    ...defaults,
    passed: false,
    result: makeResult({ behaviours: shop }),
    verdict: {
      conclusion: "fail",
      reasons: [reason("regression", ours("capacity fell by 38 % (160 → 100)."))],
      thresholds: [kept, errorsKept],
      comparisons: [
        comparison({
          endpoint: null,
          metric: "capacity",
          method: "baseline",
          before: 160,
          after: 100,
          change: { estimate: -0.375, low: -0.5, high: -0.22 },
          p: 0.0004,
          n: 700,
          smallestDetectable: 0.24,
          outcome: "regressed",
        }),
      ],
    },
    baseline: foundBaseline,
    comparing: stored,
    capacity: searched,
  }),
  "first-run": () => ({
    ...defaults,
    result: makeResult({ behaviours: shop }),
    verdict: {
      conclusion: "pass",
      reasons: [reason("no-baseline", ours("There is no baseline for main yet."))],
      thresholds: [kept, errorsKept],
      comparisons: [],
    },
    baseline: { found: false, whyNot: "no run of main has stored one yet" },
    comparing: stored,
  }),
  inconclusive: () => ({
    ...defaults,
    result: makeResult({ behaviours: shop }),
    verdict: {
      conclusion: "inconclusive",
      reasons: [
        reason(
          "inconclusive",
          say`p95 of ${"POST /checkout"} may have changed by −3 … +22 %: too few requests to tell.`,
          ours("Raise run-time or users."),
        ),
      ],
      thresholds: [kept],
      comparisons: [
        ...unchanged,
        comparison({
          endpoint: checkout,
          before: 221,
          after: 240,
          change: { estimate: 0.09, low: -0.03, high: 0.22 },
          smallestDetectable: 0.18,
          n: 60,
          outcome: "inconclusive",
        }),
      ],
    },
    baseline: foundBaseline,
    comparing: stored,
  }),
  invalid: () => ({
    ...defaults,
    passed: false,
    result: makeResult({
      behaviours: shop,
      health: {
        threads: [
          {
            thread: "0",
            delayP99Ms: 41,
            delayMaxMs: 96,
            utilization: 0.99,
            cpu: 0.98,
            lateStarts: 44,
            openSockets: 10,
          },
        ],
        machine: { cpu: 0.99, steal: 0.12, memoryBytes: 410_000_000 },
      },
    }),
    verdict: {
      conclusion: "invalid",
      reasons: [
        reason(
          "saturated",
          ours("The load generator was saturated in 100 % of blocks: event-loop delay p99 41 ms."),
          ours("Fewer users or a larger runner: the generator, not the target, was slow."),
        ),
      ],
      thresholds: [threshold({ outcome: "undecided" })],
      comparisons: [],
    },
    baseline: foundBaseline,
    comparing: stored,
  }),
  improved: () => ({
    ...defaults,
    result: twoArms(80),
    verdict: {
      conclusion: "pass",
      reasons: [reason("improved", ours("p95 of GET /item/{id} is 12 % faster."))],
      thresholds: [kept],
      comparisons: [
        unchanged[0] as Comparison,
        comparison({
          endpoint: item,
          before: 55,
          after: 48.4,
          change: { estimate: -0.12, low: -0.17, high: -0.08 },
          outcome: "improved",
        }),
      ],
    },
    comparing: sideBySide,
  }),
  nothing: () => ({
    ...defaults,
    result: makeResult({ behaviours: [], users: 0, phases: [], meta: { host: null } }),
    verdict: {
      conclusion: "pass",
      reasons: [reason("no-target", ours("Nothing was deployed for this commit."))],
      thresholds: [],
      comparisons: [],
    },
  }),
  "five-hundred": () => {
    const endpoints = Array.from({ length: 500 }, (_, i) => ({
      method: "GET",
      name: `/catalogue/section-${i}/with-a-rather-long-path/{id}`,
    }));
    return {
      ...defaults,
      passed: false,
      result: makeResult({
        behaviours: endpoints.map((endpoint, i) => ({ endpoint, rate: 1, medianMs: 10 + i })),
        phases: [["steady", 4]],
      }),
      verdict: {
        conclusion: "fail",
        reasons: [reason("regression", ours("1 regression."))],
        thresholds: [kept],
        comparisons: endpoints.map((endpoint, i) =>
          comparison(
            i === 137
              ? { ...slowCheckout, endpoint, method: "simple-percentage", p: null }
              : { endpoint, method: "simple-percentage", p: null },
          ),
        ),
      },
      baseline: foundBaseline,
      comparing: stored,
    };
  },
  hostile: () => {
    const endpoints = hostileNames.map((name) => ({ method: "GET", name }));
    return {
      ...defaults,
      passed: false,
      untrusted: true,
      result: makeResult({
        behaviours: endpoints.map((endpoint) => ({
          endpoint,
          rate: 4,
          medianMs: 20,
          failures: [
            {
              share: 0.5,
              status: 500,
              failure: {
                kind: "status",
                message: `${endpoint.name} ${"```"}\n</details> @team`,
                sample: {
                  request: `GET ${endpoint.name}`,
                  status: 500,
                  headers: [["x-evil", "``` | <b>"]],
                  body: "````\n::add-mask::a\n</script><script>alert(1)</script>",
                  atMs: 0,
                },
              },
            },
          ],
        })),
        meta: { name: "api --> <b>@x", locustfile: "`|`.ts", host: "http://user:secret@host.example/path?token=1" },
        warnings: [{ code: "odd`code", message: "<!-- --> | @someone" }],
      }),
      verdict: {
        conclusion: "fail",
        reasons: [{ code: "regression", message: "`@everyone` | <b>", remedy: "</details>" }],
        thresholds: [
          threshold({
            source: 'p95 < 1ms of "GET /a|b" `',
            endpoint: endpoints[0] as Endpoint,
            outcome: "fail",
            place: "a`|\nb:1:2",
          }),
        ],
        comparisons: endpoints.map((endpoint, i) =>
          comparison({
            ...slowCheckout,
            ...(i < endpoints.length - 1 && {
              outcome: "inconclusive" as const,
              change: { estimate: 0.02, low: -0.1, high: 0.2 },
            }),
            endpoint,
            explanation: ["| `<i>` @a"],
          }),
        ),
      },
      gateChanges: [{ kind: "loosened", setting: "slo", before: "`|@x", after: null, inEffect: false }],
      comparing: sideBySide,
    };
  },
  waived: () => ({
    ...defaults,
    result: twoArms(130),
    verdict: {
      conclusion: "pass",
      reasons: [],
      thresholds: [kept],
      comparisons: [...unchanged, { ...slowCheckout, waived: { until: "2026-12-24", reason: "fraud check added" } }],
    },
    comparing: sideBySide,
  }),
};

export function sampleReport(name: string): Report {
  const input = sampleInputs[name];
  if (!input) throw new RangeError(`no sample report ${name}`);
  return buildReport(input());
}

export const sampleNames = Object.keys(sampleInputs);
