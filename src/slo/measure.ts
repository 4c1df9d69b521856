import type { Endpoint } from "../stats/endpoint.ts";
import { parseCellKey } from "../stats/endpoint.ts";
import { EndpointStats } from "../stats/endpoint-stats.ts";
import { addCells, type Block, blockMs } from "../stats/snapshot.ts";
import { statedBounds, statementOf } from "../stats/statement.ts";
import { isJudged, percentileMs } from "../stats/summary.ts";
import { quantileRanks, shareInterval } from "./interval.ts";
import type { Threshold } from "./threshold.ts";
import type { ThresholdMetric } from "./threshold-metric.ts";

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
  /** Requests behind the number. */
  readonly n: number;
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
  if (n === 0 && !countsNone) return undefined;
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
      return exactly(statementOf(stats)?.rps ?? n / (windowMs / 1000));
    default:
      return measureLatency(metric, stats, confidence);
  }
}

function measureLatency(metric: ThresholdMetric, stats: EndpointStats, confidence: number): Measured | undefined {
  const latencies = stats.latencies;
  const n = latencies.count;
  if (n === 0) return undefined;
  const exactly = (actual: number): Measured => ({ actual, interval: null, n });
  if (metric.kind === "percentile") {
    const ratio = metric.percent / 100;
    const actual = percentileMs(stats, ratio, latencies) as number;
    // The extremes are what was seen, not an estimate of anything.
    if (ratio === 0 || ratio === 1) return exactly(ratio === 0 ? stats.minMs : stats.maxMs);
    const ranks = quantileRanks({ n, ratio, confidence });
    const low = ranks.low < 1 ? stats.minMs : (percentileMs(stats, ranks.low / n, latencies) as number);
    const high = ranks.high > n ? stats.maxMs : (percentileMs(stats, ranks.high / n, latencies) as number);
    const statement = statementOf(stats);
    const stated = statement ? statedBounds(statement, { ratio, ...stats }) : { low: actual, high: actual };
    return { actual, interval: [Math.min(low, actual, stated.low), Math.max(high, actual, stated.high)], n };
  }
  if (metric.kind === "apdex") return exactly(apdex(stats, metric.targetMs));
  if (metric.kind === "min") return exactly(stats.minMs);
  return exactly(metric.kind === "max" ? stats.maxMs : stats.latencySumMs / n);
}

/** Apdex technical specification 1.1: satisfied up to T, tolerating up to 4 T, frustrated beyond and when it failed. */
function apdex(stats: EndpointStats, targetMs: number): number {
  const { count } = stats.success;
  const satisfied = count - stats.success.above(targetMs);
  const tolerating = count - stats.success.above(4 * targetMs) - satisfied;
  return (satisfied + tolerating / 2) / stats.latencies.count;
}
