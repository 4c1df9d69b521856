import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";
import { EndpointStats } from "../stats/endpoint-stats.ts";
import type { Block } from "../stats/snapshot.ts";
import { matchesEndpoint, nearestLabels } from "./glob.ts";
import { type JudgedWindow, judgedWindow, type Measured, measure, untold } from "./measure.ts";
import type { ThresholdOutcome, ThresholdResult } from "./promise.ts";
import { sayMeasured, sayPromise, sayWindow } from "./say.ts";
import { printThreshold, type Threshold } from "./threshold.ts";
import { printMetric, unitOf } from "./threshold-metric.ts";
import { holds } from "./threshold-operator.ts";
import { printQuantity } from "./threshold-quantity.ts";
import { leastRequests, type RunWindow, windowsOf } from "./windows.ts";

/**
 * Holds promises against a run: one result for each promise of the total, one per matching endpoint for the others.
 *
 * A percentile or an error rate breaks its promise when its whole 95 % interval is past the limit, and keeps it when
 * the whole interval is within. With the limit inside the interval the result is `undecided`: the gate may extend the
 * run and evaluate again, and calls `settle` when there is no time left. The interval never reaches beyond what was
 * seen, so a promise that no request broke is kept however few there were.
 */
export function evaluate(
  thresholds: readonly Threshold[],
  blocks: readonly Block[],
  { confidence = 0.95 }: { confidence?: number } = {},
): ThresholdResult[] {
  const windows = new Map<number, JudgedWindow>();
  return thresholds.flatMap((threshold) => {
    const window = windows.get(threshold.afterMs) ?? judgedWindow(blocks, threshold.afterMs);
    windows.set(threshold.afterMs, window);
    const { of, everyMs } = threshold;
    const cut = everyMs === null ? null : windowsOf(blocks, { ...threshold, everyMs });
    const judge = (subject: Subject) =>
      cut === null
        ? judgeWhole(threshold, { ...subject, window, confidence })
        : judgeWindows(threshold, { ...subject, windows: cut, confidence });
    if (of === null) return [judge({ endpoint: null, stats: window.total })];
    const matching = window.endpoints.filter(({ endpoint }) => matchesEndpoint(of, endpoint));
    if (matching.length === 0) return [withoutData(threshold, null, nearestSentence(threshold, window))];
    return matching
      .filter(({ endpoint }) => !threshold.except.some((glob) => matchesEndpoint(glob, endpoint)))
      .map(judge);
  });
}

/** What is undecided when there is no more time is a warning: neither green without a word nor red by bad luck. */
export function settle(results: readonly ThresholdResult[]): ThresholdResult[] {
  return results.map((result) => (result.outcome === "undecided" ? { ...result, outcome: "warn" } : result));
}

interface Subject {
  readonly endpoint: Endpoint | null;
  /** Of the whole judged time. */
  readonly stats: EndpointStats;
}

function judgeWhole(
  threshold: Threshold,
  { endpoint, stats, window, confidence }: Subject & { window: JudgedWindow; confidence: number },
): ThresholdResult {
  const whyNot = untold(threshold, stats);
  if (whyNot !== null) return withoutData(threshold, endpoint, whyNot);
  const measured = measure(threshold.metric, stats, { windowMs: window.windowMs, confidence });
  if (!measured) {
    const why = stats.requests === 0 ? noRequests(threshold) : "no request had a response time";
    return withoutData(threshold, endpoint, why);
  }
  const outcome = outcomeOf(threshold, measured, stats);
  return {
    ...blank(threshold, endpoint),
    actual: measured.actual,
    interval: measured.interval,
    n: measured.n,
    outcome: threshold.tier === "warn" && outcome !== "pass" ? "warn" : outcome,
    message: sentence(
      threshold,
      sayMeasured(threshold, measured, { subject: subjectOf(threshold, endpoint) }),
      outcome,
    ),
  };
}

/**
 * The worst window speaks for all of them. Together they keep the confidence of one (Bonferroni): of a hundred good
 * windows five would otherwise look broken. A window past its limit by its number but not surely is a warning, for no
 * longer run says more of it.
 */
function judgeWindows(
  threshold: Threshold,
  { endpoint, stats, windows, confidence }: Subject & { windows: readonly RunWindow[]; confidence: number },
): ThresholdResult {
  const whyNot = untold(threshold, stats);
  if (whyNot !== null) return withoutData(threshold, endpoint, whyNot);
  const { metric } = threshold;
  const least = leastRequests(metric);
  const cells = windows.map(({ fromMs, measured }) => ({
    fromMs,
    windowMs: measured.windowMs,
    stats: cellOf(measured, endpoint),
  }));
  const full = cells.filter((cell) => sampleSize(metric, cell.stats) >= least);
  const each = 1 - (1 - confidence) / Math.max(1, full.length);
  const judged = full.flatMap(({ fromMs, windowMs, stats: cell }) => {
    const measured = measure(metric, cell, { windowMs, confidence: each, countsNone: true });
    return measured ? [{ fromMs, measured, outcome: windowOutcome(threshold, measured, cell) }] : [];
  });
  const [worst] = judged.toSorted((a, b) => severity(b) - severity(a) || excess(threshold, b) - excess(threshold, a));
  if (!worst)
    return unjudged(threshold, { endpoint, least, sizes: cells.map((cell) => sampleSize(metric, cell.stats)) });
  const { fromMs, measured, outcome } = worst;
  const broken = judged.filter((one) => one.outcome === "fail").length;
  const where = { fromMs, everyMs: threshold.everyMs ?? 0, count: judged.length, broken };
  return {
    ...blank(threshold, endpoint),
    actual: measured.actual,
    interval: measured.interval,
    n: measured.n,
    outcome: threshold.tier === "warn" && outcome !== "pass" ? "warn" : outcome,
    message: sentence(
      threshold,
      sayWindow(threshold, measured, { subject: subjectOf(threshold, endpoint), ...where }),
      outcome,
    ),
  };
}

type Windowed = { readonly measured: Measured; readonly outcome: ThresholdOutcome };

function windowOutcome(threshold: Threshold, measured: Measured, stats: EndpointStats): ThresholdOutcome {
  const outcome = outcomeOf(threshold, measured, stats);
  if (outcome !== "undecided") return outcome;
  return holds({ actual: measured.actual, operator: threshold.operator, expected: threshold.value }) ? "pass" : "warn";
}

function severity({ outcome }: Windowed): number {
  return outcome === "fail" ? 2 : outcome === "warn" ? 1 : 0;
}

/** How far on the wrong side of its limit; negative on the right one. */
function excess({ operator, value }: Threshold, { measured: { actual } }: Windowed): number {
  if (operator === "==" || operator === "!=") return Math.abs(actual - value);
  return operator.startsWith("<") ? actual - value : value - actual;
}

function cellOf({ endpoints, total }: JudgedWindow, endpoint: Endpoint | null): EndpointStats {
  if (endpoint === null) return total;
  const isIt = ({ endpoint: { method, name } }: { endpoint: Endpoint }) =>
    method === endpoint.method && name === endpoint.name;
  return endpoints.find(isIt)?.stats ?? new EndpointStats();
}

/** A request without a response time says nothing of latencies. */
function sampleSize(metric: Threshold["metric"], stats: EndpointStats): number {
  return unitOf(metric) === "ms" || metric.kind === "apdex" ? stats.latencies.count : stats.requests;
}

/** No window had enough requests: no evidence is neither a kept promise nor a broken one. */
function unjudged(
  threshold: Threshold,
  { endpoint, least, sizes }: { endpoint: Endpoint | null; least: number; sizes: readonly number[] },
): ThresholdResult {
  const window = printQuantity(threshold.everyMs ?? 0, "ms");
  const metric = printMetric(threshold.metric);
  const most = Math.max(0, ...sizes);
  const why =
    sizes.length === 0
      ? `the judged time is shorter than one window of ${window}`
      : `${metric} needs ${least} requests in a window of ${window}; the fullest had ${most}`;
  const result = withoutData(threshold, endpoint, why);
  return result.outcome === "no-data" && (sizes.length === 0 || most > 0) ? { ...result, outcome: "warn" } : result;
}

function outcomeOf(threshold: Threshold, { actual, interval }: Measured, stats: EndpointStats): ThresholdOutcome {
  const { operator, value: expected, metric } = threshold;
  const kept = holds({ actual, operator, expected });
  // Equality is about the number itself; an interval of many values could never meet it.
  if (interval === null || operator === "==" || operator === "!=") return kept ? "pass" : "fail";
  // Nothing failed: the upper bound only says how few requests there were.
  const [low, high] = metric.kind === "errors" && stats.failures === 0 ? [0, 0] : interval;
  const ends = [low, high].filter((end) => holds({ actual: end, operator, expected })).length;
  return ends === 2 ? "pass" : ends === 0 ? "fail" : "undecided";
}

function withoutData(threshold: Threshold, endpoint: Endpoint | null, why: string): ThresholdResult {
  const broken = threshold.tier === "warn" ? "warn" : "no-data";
  const subject = subjectOf(threshold, endpoint);
  return {
    ...blank(threshold, endpoint),
    actual: null,
    interval: null,
    n: 0,
    outcome: threshold.optional ? "pass" : broken,
    message: `no data for ${printMetric(threshold.metric)} of ${subject}: ${why}${threshold.optional ? " (optional)" : ""}`,
  };
}

function nearestSentence(threshold: Threshold, window: JudgedWindow): string {
  const endpoints = window.endpoints.map(({ endpoint }) => endpoint);
  const names = nearestLabels(threshold.of ?? "", endpoints).map((name) => `"${name}"`);
  if (names.length === 0) return noRequests(threshold);
  return `no endpoint is called so; the nearest ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
}

function noRequests({ afterMs }: Threshold): string {
  const when = afterMs > 0 ? ` after the first ${printQuantity(afterMs, "ms")} of the judged window` : "";
  return `no requests were made${when}`;
}

function blank(threshold: Threshold, endpoint: Endpoint | null) {
  const { metric, operator, value, place } = threshold;
  return {
    source: printThreshold(threshold),
    place,
    endpoint,
    metric: printMetric(metric),
    unit: unitOf(metric),
    operator,
    expected: value,
  };
}

/** The endpoint, else the glob that should have matched one, else the total. */
function subjectOf({ of }: Threshold, endpoint: Endpoint | null): string {
  if (endpoint) return endpointLabel(endpoint);
  return of === null ? "all requests" : `"${of}"`;
}

function sentence(threshold: Threshold, said: string, outcome: ThresholdOutcome): string {
  const promise = sayPromise(threshold);
  const after =
    outcome === "undecided" ? `promised ${promise}, and the limit lies inside the interval` : `promised ${promise}`;
  return [`${said}; ${after}`, ...threshold.notes].join("; ");
}
