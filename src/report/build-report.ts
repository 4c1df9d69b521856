import type { Authored } from "../base/sentence.ts";
import type { LeftOut } from "../baseline/usable.ts";
import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";
import type { RunResult, Warning } from "../stats/run-result.ts";
import type { Capacity } from "../verdict/capacity/capacity.ts";
import type { Throughput } from "../verdict/side-by-side/throughput.ts";
import { troublesOf } from "../verdict/troubles/troubles.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { capacitySectionOf } from "./document/capacity-section.ts";
import { clipEndpoint, clipInstant, clipSha, clipText, ratioOf, sizeOrNull, tidySize, whole } from "./document/clip.ts";
import { distributionOf, phaseTimings, serverTimings, totalOf, windowCells } from "./document/distribution.ts";
import { exceptionsOf, failuresOf } from "./document/failures.ts";
import { measuredOf } from "./document/measured.ts";
import { largestReportBytes, type Report, type ReportComparison, type ReportRow } from "./document/report.ts";
import { bounds, reportSchemaVersion } from "./document/report-schema.ts";
import { changeOf, comparisonsOf, numbersOf, rowsOf, tallyOf, thresholdsOf } from "./document/rows.ts";
import { saidIn } from "./document/said.ts";
import { seriesOf, withoutTail } from "./document/series.ts";
import type { ReportService } from "./document/service-schema.ts";
import { timingsOverTime } from "./document/timings-over-time.ts";
import { watchedEndpoints } from "./document/watched.ts";
import { troubleOf } from "./view/trouble-words.ts";

/** What a report says of the baseline; `whyNot` where it was not found or not usable. */
interface BaselineInfo extends Authored {
  readonly found: boolean;
  readonly commit?: string | null;
  readonly measuredAt?: string | null;
  readonly runs?: number;
  readonly store?: string | null;
  readonly whyNot?: string | null;
  readonly incomparable?: LeftOut | null;
  readonly saved?: boolean;
  /** Whether stored runs were to be compared with. */
  readonly wanted?: boolean;
  /** Whether runs of the default branch are kept here at all. */
  readonly kept?: boolean;
}

/** How the comparison was asked for; ratios, milliseconds. */
interface ComparingInfo {
  readonly mode: Report["comparing"]["mode"];
  readonly confidence: number;
  readonly tolerance: number;
  readonly minEffectMs: number;
  readonly errorTolerance: number;
}

/** Everything a report tells. What is left out has a plain default. */
export interface ReportInput {
  readonly result: RunResult;
  readonly verdict: Verdict;
  /** Now, ISO 8601, from the caller's clock. */
  readonly generatedAt: string;
  /** Whether the step succeeds under `fail-on`. */
  readonly passed: boolean;
  readonly baseline?: BaselineInfo;
  readonly comparing?: ComparingInfo;
  readonly run?: {
    readonly id: number;
    readonly number: number;
    readonly attempt: number;
    readonly url: string | null;
  };
  readonly warmup?: string;
  readonly gateChanges?: Report["gateChanges"];
  readonly warnings?: readonly Warning[];
  readonly configuration?: readonly (readonly [key: string, value: string])[];
  /** Endpoints that only the baseline knows, beside those the comparisons name. */
  readonly vanished?: readonly Endpoint[];
  readonly untrusted?: boolean;
  readonly throughput?: Throughput | null;
  /** Of a search for the largest load. */
  readonly capacity?: Capacity | null;
  /** Versions of the service that did not get as far as they should. */
  readonly services?: readonly ReportService[];
}

const defaultComparing: ComparingInfo = {
  mode: "none",
  confidence: 0.99,
  tolerance: 0.1,
  minEffectMs: 1,
  errorTolerance: 0.005,
};

/** The report of a run and its verdict. Pure: equal input, equal report. */
export function buildReport(input: ReportInput): Report {
  const { result, verdict } = input;
  const { summary, meta } = result;
  const cells = windowCells(result);
  const rows = withVanished(rowsOf(summary, verdict.comparisons), input.vanished ?? []);
  const comparisons = comparisonsOf(verdict.comparisons);
  const thresholds = thresholdsOf(verdict.thresholds);
  const watched = watchedEndpoints({ rows, comparisons, thresholds });
  const startedAt = clipInstant(meta.startedAt);
  const sinceStart = relativeTo(startedAt === null ? 0 : Date.parse(startedAt));
  const total = (arm: "head" | "base") => {
    const row = summary.totals.find((candidate) => candidate.arm === arm);
    return row ? numbersOf(row) : null;
  };
  const comparing = input.comparing ?? defaultComparing;
  const report: Report = {
    schema: reportSchemaVersion,
    name: clipText(meta.name, bounds.name),
    verdict: {
      conclusion: verdict.conclusion,
      reasons: verdict.reasons.slice(0, 20).map(({ code, message, remedy }) => ({
        code,
        message: clipText(message),
        remedy: remedy === undefined ? null : clipText(remedy),
      })),
    },
    passed: input.passed,
    interrupted: result.interrupted,
    untrusted: input.untrusted ?? false,
    generatedAt: clipInstant(input.generatedAt) ?? new Date(0).toISOString(),
    startedAt,
    endedAt: clipInstant(meta.endedAt),
    commit: clipSha(meta.commit),
    baseCommit: clipSha(meta.baseCommit),
    run: runOf(input.run),
    tally: tallyOf({
      rows,
      comparisons: verdict.comparisons,
      thresholds: verdict.thresholds,
      failureGroups: summary.failures.length,
      exceptions: result.trouble.exceptions.length,
    }),
    total: summary.totals.length === 0 ? null : totalRow({ head: total("head"), base: total("base") }),
    endpoints: rows.slice(0, bounds.endpoints),
    thresholds,
    comparisons,
    failures: failuresOf(result, sinceStart),
    exceptions: exceptionsOf(result, sinceStart),
    comparing: {
      mode: comparing.mode,
      confidence: ratioOf(comparing.confidence),
      tolerance: tidySize(comparing.tolerance),
      minEffectMs: tidySize(comparing.minEffectMs),
      errorTolerance: tidySize(comparing.errorTolerance),
      smallestDetectable: smallestDetectable(comparisons),
    },
    baseline: baselineOf(input),
    gateChanges: (input.gateChanges ?? []).slice(0, bounds.list).map(({ kind, setting, before, after, inEffect }) => ({
      kind,
      setting: clipText(setting, 80),
      before: before === null ? null : clipText(before, bounds.name),
      after: after === null ? null : clipText(after, bounds.name),
      inEffect,
    })),
    ...(input.services && input.services.length > 0 && { services: input.services.slice(0, 2).map(serviceOf) }),
    measured: measuredOf(result, { warmup: input.warmup ?? "auto", cells }),
    warnings: warningsOf(result, input.warnings ?? [])
      .slice(0, bounds.list)
      .map(({ code, message }) => ({
        code: clipText(code, 60),
        message: clipText(message),
      })),
    said: saidIn([
      ...verdict.reasons,
      ...warningsOf(result, input.warnings ?? []),
      ...verdict.comparisons,
      ...verdict.thresholds,
      { said: input.baseline?.said },
    ]),
    series: seriesOf(result, watched),
    distribution: { head: distributionOf(totalOf(cells, "head")), base: distributionOf(totalOf(cells, "base")) },
    phaseTimings: phaseTimings(cells),
    serverTimings: serverTimings(cells),
    capacity: input.capacity ? capacitySectionOf(input.capacity) : null,
    throughput: input.throughput
      ? {
          before: sizeOrNull(input.throughput.before),
          now: tidySize(input.throughput.now),
          change: input.throughput.change && changeOf(input.throughput.change),
          arrivalRate: sizeOrNull(input.throughput.arrivalRate),
        }
      : null,
    troubles: troublesOf(result).map(troubleOf),
    timingCourses: [null, ...(rows.length > 1 ? watched.slice(0, 1) : [])].flatMap(
      (endpoint) => timingsOverTime(withoutTail(result.blocks), endpoint) ?? [],
    ),
    configuration: (input.configuration ?? [])
      .slice(0, bounds.list)
      .map(([key, value]) => [clipText(key, 80), clipText(value)]),
  };
  return shrink(report);
}

function serviceOf({ arm, step, ending, message, lines }: ReportService): ReportService {
  return {
    arm,
    step,
    ending: ending === null ? null : clipText(ending, 80),
    message: clipText(message),
    lines: lines.slice(-30).map((line) => clipText(line)),
  };
}

/** What is said of the whole run says more than what the engine saw of the same thing on its way. */
function warningsOf({ warnings }: RunResult, more: NonNullable<ReportInput["warnings"]>): typeof more {
  const codes = new Set(more.map(({ code }) => code));
  return [...warnings.filter(({ code }) => !codes.has(code)), ...more];
}

function relativeTo(startMs: number): (ms: number) => number {
  // Times are on the run's clock, which counts from the Unix epoch; a clock moved by hand may count from zero.
  return (ms) => tidySize(Math.round(ms >= startMs ? ms - startMs : ms));
}

function totalRow(arms: Pick<ReportRow, "head" | "base">): ReportRow {
  return { endpoint: { method: "", name: "Aggregated" }, ...arms, change: null, outcome: null, presence: "both" };
}

function withVanished(rows: ReportRow[], vanished: readonly Endpoint[]): ReportRow[] {
  const known = new Set(rows.map(({ endpoint }) => endpointLabel(endpoint)));
  const more = vanished
    .map(clipEndpoint)
    .filter((endpoint) => !known.has(endpointLabel(endpoint)))
    .map((endpoint): ReportRow => ({ ...totalRow({ head: null, base: null }), endpoint, presence: "vanished" }));
  return [...rows, ...more];
}

function runOf(run: ReportInput["run"]): Report["run"] {
  if (!run) return null;
  const url = run.url !== null && /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~-]+)*\/?$/.test(run.url);
  return {
    id: whole(run.id),
    number: whole(run.number),
    attempt: whole(run.attempt),
    url: url ? (run.url?.slice(0, 300) ?? null) : null,
  };
}

function baselineOf({ baseline, generatedAt }: ReportInput): Report["baseline"] {
  const measuredAt = clipInstant(baseline?.measuredAt);
  const now = clipInstant(generatedAt);
  return {
    found: baseline?.found ?? false,
    commit: clipSha(baseline?.commit),
    measuredAt,
    ageMs: measuredAt === null || now === null ? null : sizeOrNull(Date.parse(now) - Date.parse(measuredAt)),
    runs: whole(baseline?.runs ?? 0),
    store: baseline?.store ? clipText(baseline.store, 40) : null,
    whyNot: baseline?.whyNot ? clipText(baseline.whyNot) : null,
    ...incomparableOf(baseline?.incomparable),
    saved: baseline?.saved ?? false,
    ...(baseline?.wanted !== undefined && { wanted: baseline.wanted }),
    ...(baseline?.kept !== undefined && { kept: baseline.kept }),
  };
}

/** Another load, or another way of measuring: the question stays open. */
function incomparableOf(why: LeftOut | null | undefined): Pick<Report["baseline"], "incomparable"> {
  return why === "other-profile" || why === "other-measurement" ? { incomparable: why } : {};
}

/** The largest smallest detectable change of the compared p95s: what every endpoint would have shown. */
function smallestDetectable(comparisons: readonly ReportComparison[]): number | null {
  const known = comparisons
    .filter(({ metric, outcome }) => metric === "p95" && outcome !== "no-baseline" && outcome !== "inconclusive")
    .flatMap(({ smallestDetectable: change }) => (change === null ? [] : [change]));
  return known.length === 0 ? null : Math.max(...known);
}

/** Sheds what says least until the document fits: samples from the last groups up, then endpoints from the last up. */
function shrink(report: Report): Report {
  const fits = (candidate: Report) => Buffer.byteLength(JSON.stringify(candidate)) < largestReportBytes - 1024;
  let small = report;
  const steps: ((r: Report) => Report)[] = [
    (r) => ({ ...r, failures: r.failures.map((f, i) => (i < 20 ? f : { ...f, samples: [] })) }),
    (r) => ({ ...r, failures: r.failures.map((f) => ({ ...f, samples: f.samples.slice(0, 1) })) }),
    (r) => ({ ...r, exceptions: r.exceptions.slice(0, 10), comparisons: r.comparisons.slice(0, 200) }),
    (r) => ({ ...r, thresholds: r.thresholds.slice(0, 100), endpoints: r.endpoints.slice(0, 250) }),
    (r) => ({ ...r, failures: r.failures.slice(0, 20).map((f) => ({ ...f, samples: [] })) }),
    (r) => ({ ...r, phaseTimings: r.phaseTimings.slice(0, 12), serverTimings: r.serverTimings.slice(0, 12) }),
    (r) => ({ ...r, comparisons: r.comparisons.slice(0, 50), endpoints: r.endpoints.slice(0, 100) }),
    (r) => ({ ...r, thresholds: r.thresholds.slice(0, 50), configuration: [], warnings: r.warnings.slice(0, 10) }),
  ];
  for (const step of steps) {
    if (fits(small)) break;
    small = step(small);
  }
  return small;
}
