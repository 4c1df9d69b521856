import type { Endpoint } from "../../stats/endpoint.ts";
import { endpointLabel } from "../../stats/endpoint.ts";
import type { ComparisonMetric } from "../comparison.ts";
import { errorPass } from "../error-pass.ts";
import { doubtful, excludesErrors, passTolerances } from "../outcome.ts";
import { type CompareSettings, percentileOf, toleranceOf } from "../settings.ts";
import { errorTest, exchanged } from "../statistics/error-test.ts";
import { rejected } from "../statistics/family.ts";
import { type Slowness, slowness } from "../statistics/relative-test.ts";
import { fasterThan, type LatencyWindows } from "../statistics/score-test.ts";
import { screened, together } from "../statistics/screen.ts";
import { materialStalls, stallTest } from "../statistics/stall-test.ts";
import type { EndpointWindows, RunWindows } from "./window.ts";

/**
 * Two deployments of the same code differ by a percent or so for good, and no amount of data makes that go away:
 * "not slower" means "at most this much slower".
 */
export const nullMargin = 0.02;
/** Values beyond the percentile on the smaller side, and windows, that a test needs. */
export const fewestBeyond = 50;
const fewestWindows = 20;
const fewestErrors = 5;
/**
 * A pass excludes a rise of the error rate by its tolerance, once: unlike a time, which wavers by itself, it is meant as
 * it stands.
 */
const errorPassTolerances = 1;

/**
 * Of the chance of error, what the one test of stalls may spend: they are few events, and a thirtieth of the chance, as
 * one endpoint's p95 among many has, no dozen of them would ever reach.
 */
const stallShare = 0.1;

type TestOutcome = "regressed" | "improved" | "pass" | "undecided";

/** One comparison at one look. */
export interface TestResult {
  readonly endpoint: Endpoint | null;
  readonly metric: ComparisonMetric;
  /** Milliseconds, ratios of failures, or counts of stalls. */
  readonly before: number;
  readonly after: number;
  /** after / before for latencies, after − before for the rest. */
  readonly estimate: number;
  /** One-sided chances: of this much slowness without any, of this much speed without any, and of a pass without right. */
  readonly up: number;
  readonly down: number;
  readonly pass: number;
  /** Of errors and stalls alone, which no family is asked about: as `down`, of so many fewer without any. */
  readonly fewer?: number;
  /** Whether it could be rejected at all (family.ts). */
  readonly able: boolean;
  /** Large enough to matter. */
  readonly material: boolean;
  readonly better: boolean;
  readonly tolerance: number;
  readonly n: number;
  readonly outcome: TestOutcome;
  /** This load never brings the requests it needs, by the base's count: the verdict is about the others. */
  readonly hopeless: boolean;
  /** Why no test could be made. */
  readonly insufficient: string | null;
  /** The windows the latency test was made on, less those screened; null for the rest. */
  readonly kept: LatencyWindows | null;
  /** What the other endpoints felt in those windows, where the endpoint was held against them; else null. */
  readonly felt: ArrayLike<number> | null;
  /** What `up` rests on. */
  readonly by: Slowness["by"];
  readonly screenedOut: number;
}

export interface Decision {
  readonly outcome: TestOutcome;
  readonly tests: readonly TestResult[];
  /** How many tests share the chance of error: those that could reject at all. */
  readonly family: number;
  /** Every test that was proven unchanged at this look or an earlier one. */
  readonly passed: ReadonlySet<string>;
}

const nonePassed: ReadonlySet<string> = new Set();

function keyOf({ endpoint, metric }: Untold): string {
  return `${metric} ${endpoint ? endpointLabel(endpoint) : ""}`;
}

/** A test that was not made. */
const nothingKnown = {
  up: 1,
  down: 1,
  pass: 1,
  able: false,
  material: false,
  better: false,
  hopeless: false,
  felt: null,
  by: "itself",
} as const;

type Untold = Omit<TestResult, "outcome">;

/**
 * One look at a side-by-side run (docs/statistics.md#side-by-side-base-host). Every test of the pull request is one
 * family: Holm keeps the chance of even one false alarm at `alpha`.
 * @param passAlpha the chance of passing what is too slow, per test; 0 while no pass is wanted yet
 * @param passed what earlier looks have passed: each spent its part of the chance, so that it stands
 * @param limitMs judged time at the most; what has too few requests even then is hopeless
 */
export function decide(
  windows: RunWindows,
  {
    settings,
    alpha,
    passAlpha,
    limitMs = windows.judgedMs,
    passed = nonePassed,
  }: {
    settings: CompareSettings;
    alpha: number;
    passAlpha: number;
    limitMs?: number;
    passed?: ReadonlySet<string>;
  },
): Decision {
  const growth = windows.judgedMs > 0 ? Math.max(1, limitMs / windows.judgedMs) : 1;
  const untold = [
    ...windows.endpoints.flatMap((endpoint) => endpointTests(endpoint, { settings, growth })),
    ...(settings.metrics.includes("stalls") ? [stalls(windows)] : []),
  ];
  const up = rejectedOf(untold, { alpha, pOf: (test) => test.up });
  const down = rejectedOf(untold, { alpha, pOf: (test) => test.down });
  const proven = new Set(passed);
  const tests = untold.map((test, i): TestResult => {
    if (test.pass <= passAlpha && passAlpha > 0 && !test.material) proven.add(keyOf(test));
    // What looks like a regression is never passed, however sure it is to lie within twice the tolerance.
    const pass = proven.has(keyOf(test)) && !test.material;
    const outcome =
      up[i] && test.material ? "regressed" : !pass ? "undecided" : down[i] && test.better ? "improved" : "pass";
    return { ...test, outcome };
  });
  const hopeful = tests.filter(({ hopeless, outcome }) => !hopeless || outcome !== "undecided");
  const some = (outcome: TestOutcome) => hopeful.some((test) => test.outcome === outcome);
  const outcome = some("regressed")
    ? "regressed"
    : some("undecided") || hopeful.length === 0
      ? "undecided"
      : some("improved")
        ? "improved"
        : "pass";
  return { outcome, tests, family: tests.filter(({ able }) => able).length, passed: proven };
}

/** Stalls, where there are any, by their own share of the chance; all else by Holm over what is left of it. */
function rejectedOf(
  tests: readonly Untold[],
  { alpha, pOf }: { alpha: number; pOf: (test: Untold) => number },
): boolean[] {
  const ofStalls = tests.some(({ metric, able }) => metric === "stalls" && able) ? stallShare * alpha : 0;
  const members = tests.map((test) => ({ p: pOf(test), able: test.able && test.metric !== "stalls" }));
  const rest = rejected(members, alpha - ofStalls);
  return tests.map((test, i) => (test.metric === "stalls" ? test.able && pOf(test) <= ofStalls : (rest[i] as boolean)));
}

/** What an endpoint is tested with. */
interface Asked {
  readonly settings: CompareSettings;
  /** How many times what was judged so far can be judged in the end. */
  readonly growth: number;
}

function endpointTests(windows: EndpointWindows, asked: Asked): Untold[] {
  const { settings } = asked;
  let material: Omit<LatencyMaterial, "metric" | "ratio"> | undefined;
  const out: Untold[] = [];
  for (const metric of settings.metrics) {
    const ratio = percentileOf(metric);
    if (metric === "errors") out.push(errors(windows, asked));
    if (ratio === null) continue;
    if (!material) {
      const keep = screened(windows.latency);
      const kept = windows.latency.filter((_, i) => keep[i]);
      const all = together(windows.latency);
      const felt = windows.felt && Array.from(windows.felt).filter((_, i) => keep[i]);
      material = { ...asked, windows, kept: kept.length === windows.latency.length ? all : together(kept), all, felt };
    }
    out.push(latency({ metric, ratio, ...material }));
  }
  return out;
}

interface LatencyMaterial extends Asked {
  readonly windows: EndpointWindows;
  readonly metric: ComparisonMetric;
  readonly ratio: number;
  /** Less the windows that were screened. */
  readonly kept: LatencyWindows;
  readonly all: LatencyWindows;
  /** Of the kept windows. */
  readonly felt: ArrayLike<number> | null;
}

function latency({ windows, metric, ratio, settings, growth, kept, all, felt }: LatencyMaterial): Untold {
  const tolerance = toleranceOf(settings, metric);
  const before = kept.base.quantile(ratio) / 1000;
  const after = kept.head.quantile(ratio) / 1000;
  const estimate = after / before;
  const shared = {
    endpoint: windows.endpoint,
    metric,
    before,
    after,
    estimate,
    tolerance,
    n: all.base.total + all.head.total,
    kept,
    screenedOut: windows.latency.length - kept.windows.length,
  };
  const insufficient = tooFew(kept, ratio);
  const hopeless = all.base.total * growth * (1 - ratio) < fewestBeyond - 1e-9;
  if (insufficient) return { ...shared, ...nothingKnown, hopeless, insufficient };
  const margin = Math.min(nullMargin, tolerance / 2);
  // A change within the minimum effect could not fail the run, however large it is in percent.
  const passMargin = Math.max(passTolerances * tolerance, settings.minEffectMs / before);
  const excluded = (some: LatencyWindows) => fasterThan(some, { ratio, rho: 1 + passMargin }).p;
  const slower = slowness({ windows: kept, felt }, { ratio, rho: 1 + margin });
  const large = Math.abs(after - before) >= settings.minEffectMs;
  return {
    ...shared,
    up: slower.p,
    by: slower.by,
    felt: slower.isHeld ? felt : null,
    able: true,
    down: fasterThan(kept, { ratio, rho: 1 / (1 + margin) }).p,
    // With the screened windows and with all: a head that stalls must not pass because its stalls were dropped.
    pass: kept === all ? excluded(all) : Math.max(excluded(kept), excluded(all)),
    material: estimate >= 1 + tolerance && large,
    better: estimate <= 1 / (1 + tolerance) && large,
    hopeless: false,
    insufficient: null,
  };
}

const noLatency = { kept: null, felt: null, by: "itself", screenedOut: 0 } as const;

function tooFew({ base, head, windows }: LatencyWindows, ratio: number): string | null {
  const fewer = Math.min(base.total, head.total);
  const needed = Math.ceil(fewestBeyond / (1 - ratio));
  if (fewer * (1 - ratio) < fewestBeyond - 1e-9) return `${fewer} requests on one side; ${needed} are needed`;
  return windows.length < fewestWindows ? `${windows.length} windows of time; ${fewestWindows} are needed` : null;
}

function errors({ endpoint, errors }: EndpointWindows, { settings, growth }: Asked): Untold {
  const tolerance = toleranceOf(settings, "errors");
  const { base, head, p } = errorTest(errors);
  const before = base.failures / base.requests;
  const after = head.failures / head.requests;
  return {
    endpoint,
    metric: "errors",
    before,
    after,
    estimate: after - before,
    up: p,
    down: 1,
    fewer: errorTest(exchanged(errors)).p,
    pass: errorPass(errors, errorPassTolerances * tolerance),
    material: after - before >= tolerance && head.failures >= fewestErrors,
    better: false,
    tolerance,
    n: base.requests + head.requests,
    hopeless: p >= doubtful && !excludesErrors(growth * base.requests, errorPassTolerances * tolerance),
    insufficient: null,
    able: base.failures + head.failures > 0,
    ...noLatency,
  };
}

function stalls({ stalls, judgedMs }: RunWindows): Untold {
  const { baseOnly, headOnly, p } = stallTest(stalls);
  return {
    endpoint: null,
    metric: "stalls",
    before: baseOnly,
    after: headOnly,
    estimate: headOnly - baseOnly,
    up: p,
    down: 1,
    fewer: stallTest(stalls.map(({ base, head }) => ({ base: head, head: base }))).p,
    // Stalls are rare events: fewer than would matter is all a run can show of their absence.
    pass: headOnly - baseOnly < materialStalls ? 0 : 1,
    material: headOnly - baseOnly >= materialStalls,
    better: false,
    tolerance: materialStalls,
    n: stalls.length,
    hopeless: false,
    insufficient: judgedMs > 0 ? null : "nothing was measured",
    able: baseOnly + headOnly > 0,
    ...noLatency,
  };
}
