import type { Endpoint } from "../stats/endpoint.ts";
import { parseCellKey } from "../stats/endpoint.ts";
import { EndpointStats } from "../stats/endpoint-stats.ts";
import { type JudgedLatencies, judgedLatencies, rawLatencies } from "../stats/judged-latencies.ts";
import { reportedBounds, reportedFor } from "../stats/reported-percentiles.ts";
import { addCells, type Block, blockMs } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import { quantileRanks, shareInterval } from "./interval.ts";
import type { ThresholdMetric } from "./threshold/metric.ts";
import type { Threshold } from "./threshold/threshold.ts";

/** What thresholds are held against: the head arm's judged blocks, less the first `afterMs` of them. */
export interface JudgedWindow {
  readonly windowMs: number;
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly stats: EndpointStats }[];
  readonly total: EndpointStats;
}

export function judgedWindow(blocks: readonly Block[], afterMs: number): JudgedWindow {
  const judged = blocks.filter(isJudged);
  const first = Math.min(...judged.map(({ block }) => block));
  const window = judged.filter(({ block }) => (block - first) * blockMs >= afterMs);
  const total = new EndpointStats();
  const endpoints: { endpoint: Endpoint; stats: EndpointStats }[] = [];
  for (const [key, stats] of addCells(window.map(({ cells }) => cells))) {
    const { arm, endpoint } = parseCellKey(key);
    if (arm !== "head") continue;
    total.merge(stats);
    endpoints.push({ endpoint, stats });
  }
  endpoints.sort(({ endpoint: a }, { endpoint: b }) =>
    a.name === b.name ? order(a.method, b.method) : order(a.name, b.name),
  );
  return { windowMs: window.length * blockMs, endpoints, total };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A metric's value in its own unit, and where it may really lie, with 95 % confidence unless more was asked. */
export interface Measured {
  readonly actual: number;
  readonly interval: readonly [low: number, high: number] | null;
  /** Latencies or requests behind the number. */
  readonly n: number;
  /** The value by the answers alone, where long waits or our own stalls make a difference to it; else undefined. */
  readonly raw?: number | undefined;
}

/** Why a promise cannot be held against what another tool stated; null where it can. */
export function untold(
  { metric, afterMs, everyMs }: Pick<Threshold, "metric" | "afterMs" | "everyMs">,
  stats: EndpointStats,
): string | null {
  if (stats.stated.length === 0) return null;
  if (everyMs !== null) return "what was measured elsewhere is stated for the whole run, not for windows of it";
  if (afterMs > 0) return "what was measured elsewhere is stated for the whole run, not from some moment on";
  return metric.kind === "apdex" ? "what was measured elsewhere does not say which latencies are of failures" : null;
}

export interface MeasureOptions {
  readonly windowMs: number;
  /** Of the interval; 0.95 unless more is asked. */
  readonly confidence?: number | undefined;
  /** No request is a count of 0 here, and a rate of 0. */
  readonly countsNone?: boolean;
}

/** Undefined where there is nothing to measure: no request, or none with a response time. */
export function measure(
  metric: ThresholdMetric,
  stats: EndpointStats,
  { windowMs, confidence = 0.95, countsNone = false }: MeasureOptions,
): Measured | undefined {
  const n = stats.requests;
  if (n === 0 && !countsNone && stats.backFilled === undefined) return undefined;
  const exactly = (actual: number): Measured => ({ actual, interval: null, n });
  switch (metric.kind) {
    case "errors":
      if (n === 0) return undefined;
      return { actual: stats.failures / n, interval: shareInterval({ count: stats.failures, n, confidence }), n };
    case "failures":
      return exactly(stats.failures);
    case "requests":
      return exactly(n);
    case "rps":
      return exactly(reportedFor(stats)?.rps ?? n / (windowMs / 1000));
    default:
      return measureLatency(metric, stats, confidence);
  }
}

function measureLatency(metric: ThresholdMetric, stats: EndpointStats, confidence: number): Measured | undefined {
  const judged = judgedLatencies(stats);
  const n = judged.count;
  if (n === 0) return undefined;
  const measured = latencyOf(metric, { stats, judged, confidence });
  const raw = stats.isCorrected
    ? latencyOf(metric, { stats, judged: rawLatencies(stats), confidence }).actual
    : undefined;
  return raw === undefined || !(Math.abs(raw - measured.actual) > tellingShare * raw) ? measured : { ...measured, raw };
}

/** Of the value by the answers alone: a smaller difference is not worth a word. */
const tellingShare = 0.01;

function latencyOf(
  metric: ThresholdMetric,
  {
    stats,
    judged,
    confidence,
  }: { readonly stats: EndpointStats; readonly judged: JudgedLatencies; readonly confidence: number },
): Measured {
  const n = judged.count;
  const exactly = (actual: number): Measured => ({ actual, interval: null, n });
  if (metric.kind === "percentile") {
    const ratio = metric.percent / 100;
    const actual = judged.percentileMs(ratio);
    // The extremes are what was seen, not an estimate of anything.
    if (ratio === 0 || ratio === 1) return exactly(ratio === 0 ? judged.minMs : judged.maxMs);
    const ranks = quantileRanks({ n, ratio, confidence });
    const low = ranks.low < 1 ? judged.minMs : judged.percentileMs(ranks.low / n);
    const high = ranks.high > n ? judged.maxMs : judged.percentileMs(ranks.high / n);
    const statement = reportedFor(stats);
    const stated = statement ? reportedBounds(statement, { ratio, ...stats }) : { low: actual, high: actual };
    return { actual, interval: [Math.min(low, actual, stated.low), Math.max(high, actual, stated.high)], n };
  }
  if (metric.kind === "apdex") return exactly(apdex(stats, { targetMs: metric.targetMs, of: judged.count }));
  if (metric.kind === "min") return exactly(judged.minMs);
  return exactly(metric.kind === "max" ? judged.maxMs : judged.sumMs / n);
}

/**
 * Apdex technical specification 1.1: satisfied up to T, tolerating up to 4 T, frustrated beyond and when it failed.
 * Requests that long waits kept from being sent stand beside those that were answered.
 */
function apdex({ success, backFilled }: EndpointStats, { targetMs, of }: { targetMs: number; of: number }): number {
  const within = (ms: number) =>
    success.count - success.above(ms) + (backFilled ? backFilled.count - backFilled.above(ms) : 0);
  const satisfied = within(targetMs);
  const tolerating = within(4 * targetMs) - satisfied;
  return (satisfied + tolerating / 2) / of;
}
