import { ours } from "../base/sentence.ts";
import type { Endpoint } from "../stats/endpoint.ts";
import { EndpointStats } from "../stats/endpoint-stats.ts";
import { type JudgedWindow, type Measured, measure, untold } from "./measure.ts";
import type { ThresholdOutcome, ThresholdResult } from "./promise.ts";
import { sayWindow } from "./say.ts";
import { printMetric, unitOf } from "./threshold/metric.ts";
import { holds } from "./threshold/operator.ts";
import { printQuantity } from "./threshold/quantity.ts";
import type { Threshold } from "./threshold/threshold.ts";
import { outcomeOf, type Subject, subjectOf, withData, withoutData } from "./threshold-result.ts";
import { leastRequests, type RunWindow } from "./windows.ts";

/**
 * The worst window speaks for all of them. Together they keep the confidence of one (Bonferroni): of a hundred good
 * windows five would otherwise look broken. A window past its limit by its number but not surely is a warning, for no
 * longer run says more of it.
 */
export function judgeWindows(
  threshold: Threshold,
  { endpoint, stats, windows, confidence }: Subject & { windows: readonly RunWindow[]; confidence: number },
): ThresholdResult {
  const whyNot = untold(threshold, stats);
  if (whyNot !== null) return withoutData(threshold, endpoint, ours(whyNot));
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
  const said = sayWindow(threshold, measured, { subject: subjectOf(threshold, endpoint), ...where });
  return withData(threshold, endpoint, { measured, outcome, said });
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
  const result = withoutData(threshold, endpoint, ours(why));
  return result.outcome === "no-data" && (sizes.length === 0 || most > 0) ? { ...result, outcome: "warn" } : result;
}
