import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";
import type { EndpointStats } from "../stats/endpoint-stats.ts";
import type { Block } from "../stats/snapshot.ts";
import { matchesEndpoint, nearestLabels } from "./glob.ts";
import { type JudgedWindow, judgedWindow, type Measured, measure, untold } from "./measure.ts";
import type { ThresholdOutcome, ThresholdResult } from "./promise.ts";
import { sayMeasured, sayPromise } from "./say.ts";
import { printThreshold, type Threshold } from "./threshold.ts";
import { printMetric, unitOf } from "./threshold-metric.ts";
import { holds } from "./threshold-operator.ts";
import { printQuantity } from "./threshold-quantity.ts";

/**
 * Holds promises against a run: one result for each promise of the total, one per matching endpoint for the others.
 *
 * A percentile or an error rate breaks its promise when its whole 95 % interval is past the limit, and keeps it when
 * the whole interval is within. With the limit inside the interval the result is `undecided`: the gate may extend the
 * run and evaluate again, and calls `settle` when there is no time left. The interval never reaches beyond what was
 * seen, so a promise that no request broke is kept however few there were.
 */
export function evaluate(thresholds: readonly Threshold[], blocks: readonly Block[]): ThresholdResult[] {
  const windows = new Map<number, JudgedWindow>();
  return thresholds.flatMap((threshold) => {
    const window = windows.get(threshold.afterMs) ?? judgedWindow(blocks, threshold.afterMs);
    windows.set(threshold.afterMs, window);
    const { of } = threshold;
    if (of === null) return [judge(threshold, { endpoint: null, stats: window.total, window })];
    const matching = window.endpoints.filter(({ endpoint }) => matchesEndpoint(of, endpoint));
    if (matching.length === 0) return [withoutData(threshold, null, nearestSentence(threshold, window))];
    return matching
      .filter(({ endpoint }) => !threshold.except.some((glob) => matchesEndpoint(glob, endpoint)))
      .map(({ endpoint, stats }) => judge(threshold, { endpoint, stats, window }));
  });
}

/** What is undecided when there is no more time is a warning: neither green without a word nor red by bad luck. */
export function settle(results: readonly ThresholdResult[]): ThresholdResult[] {
  return results.map((result) => (result.outcome === "undecided" ? { ...result, outcome: "warn" } : result));
}

interface Subject {
  readonly endpoint: Endpoint | null;
  readonly stats: EndpointStats;
  readonly window: JudgedWindow;
}

function judge(threshold: Threshold, { endpoint, stats, window }: Subject): ThresholdResult {
  const whyNot = untold(threshold, stats);
  if (whyNot !== null) return withoutData(threshold, endpoint, whyNot);
  const measured = measure(threshold.metric, stats, window.windowMs);
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
    message: sentence(threshold, sayMeasured(threshold, measured, subjectOf(threshold, endpoint)), outcome),
  };
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
