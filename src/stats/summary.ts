import { type Arm, type Endpoint, parseCellKey } from "./endpoint.ts";
import { EndpointStats } from "./endpoint-stats.ts";
import { type FailureGroup, FailureLog } from "./failures.ts";
import { reportedAt, reportedFor } from "./reported-percentiles.ts";
import { addCells, type Block, blockMs } from "./snapshot.ts";

/** The percentiles every table and document shows, as ratios. */
export const shownPercentiles = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1] as const;

/** One row of numbers for people: an endpoint of an arm, or all of them ("Aggregated"). Milliseconds and ratios. */
export interface SummaryRow {
  readonly arm: Arm;
  readonly endpoint: Endpoint;
  readonly requests: number;
  readonly failures: number;
  /** Requests that were sent a second time, as the server closed the kept connection under the first. */
  readonly retried: number;
  /** Requests that the locustfile measured itself (`events.request.fire`, `measure`), not the client; part of `requests`. */
  readonly fired: number;
  /** Failures over requests, 0–1; 0 while there are none. */
  readonly errorRatio: number;
  /** Requests per second over the window. */
  readonly rps: number;
  readonly failuresPerSecond: number;
  readonly avgMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  /** By `shownPercentiles`, never outside [min, max]; null where nothing was timed. */
  readonly percentilesMs: readonly (number | null)[];
  readonly bytesIn: number;
}

/** The judged window of a run, added up. */
export interface Summary {
  /** Length of the window: steady blocks and extensions. */
  readonly windowMs: number;
  /** Every request of the window, by arm; absent for an arm without requests. */
  readonly totals: readonly SummaryRow[];
  /** Sorted by arm, method, name. */
  readonly endpoints: readonly SummaryRow[];
  readonly failures: readonly FailureGroup[];
  /** Requests of all phases, the unjudged ones too. */
  readonly allRequests: number;
  /** Requests left out of the window, by phase. */
  readonly leftOut: Readonly<Record<string, number>>;
}

const aggregated: Endpoint = { method: "", name: "Aggregated" };

/** Whether a block's requests are judged. */
export function isJudged({ phase }: Block): boolean {
  return phase === "steady" || phase === "extension";
}

/**
 * The percentile people are shown: as it was stated where another tool measured, else `quantile`, kept within what was
 * really seen. Null while nothing was timed.
 */
export function percentileMs(stats: EndpointStats, ratio: number, latencies = stats.latencies): number | null {
  if (latencies.count === 0) return null;
  const stated = stats.stated.length === 0 ? undefined : reportedAt(reportedFor(stats), ratio);
  if (stated) return stated.ms;
  return Math.min(stats.maxMs, Math.max(stats.minMs, ratio === 1 ? stats.maxMs : latencies.quantile(ratio)));
}

function summaryRow(arm: Arm, endpoint: Endpoint, stats: EndpointStats, windowMs: number): SummaryRow {
  const latencies = stats.latencies;
  const timed = latencies.count;
  const seconds = windowMs / 1000;
  const stated = reportedFor(stats)?.rps ?? null;
  const perSecond = (count: number) =>
    stated === null ? (seconds > 0 ? count / seconds : 0) : (stated * count) / Math.max(1, stats.requests);
  return {
    arm,
    endpoint,
    requests: stats.requests,
    failures: stats.failures,
    retried: stats.retried,
    fired: stats.fired,
    errorRatio: stats.requests === 0 ? 0 : stats.failures / stats.requests,
    rps: stated ?? perSecond(stats.requests),
    failuresPerSecond: perSecond(stats.failures),
    avgMs: timed === 0 ? null : stats.latencySumMs / timed,
    minMs: timed === 0 ? null : stats.minMs,
    maxMs: timed === 0 ? null : stats.maxMs,
    percentilesMs: shownPercentiles.map((ratio) => percentileMs(stats, ratio, latencies)),
    bytesIn: stats.bytesIn,
  };
}

/** One row of a summary by the value it shows at a percentile of `shownPercentiles`. */
export function shownPercentile(row: SummaryRow, ratio: (typeof shownPercentiles)[number]): number | null {
  return row.percentilesMs[shownPercentiles.indexOf(ratio)] ?? null;
}

/** Adds up the judged blocks of a run. */
export function summarize(blocks: readonly Block[], judged: (block: Block) => boolean = isJudged): Summary {
  const window = blocks.filter(judged);
  const windowMs = window.length * blockMs;
  const cells = addCells(window.map((block) => block.cells));
  const totals = new Map<Arm, EndpointStats>();
  const endpoints: SummaryRow[] = [];
  for (const [key, stats] of cells) {
    const { arm, endpoint } = parseCellKey(key);
    endpoints.push(summaryRow(arm, endpoint, stats, windowMs));
    const total = totals.get(arm) ?? new EndpointStats();
    totals.set(arm, total.merge(stats));
  }
  const failures = new FailureLog();
  for (const block of window) failures.merge(block.failures);
  const leftOut: Record<string, number> = {};
  let allRequests = 0;
  for (const block of blocks) {
    let requests = 0;
    for (const stats of block.cells.values()) requests += stats.requests;
    allRequests += requests;
    if (!judged(block) && requests > 0) leftOut[block.phase] = (leftOut[block.phase] ?? 0) + requests;
  }
  return {
    windowMs,
    totals: (["head", "base"] as const).flatMap((arm) => {
      const stats = totals.get(arm);
      return stats ? [summaryRow(arm, aggregated, stats, windowMs)] : [];
    }),
    endpoints: endpoints.sort(byArmAndEndpoint),
    failures: [...failures.groups.values()].sort((a, b) => b.count - a.count || a.firstMs - b.firstMs),
    allRequests,
    leftOut,
  };
}

function byArmAndEndpoint(a: SummaryRow, b: SummaryRow): number {
  const order = (row: SummaryRow) =>
    `${row.arm === "head" ? 0 : 1}\u0000${row.endpoint.method}\u0000${row.endpoint.name}`;
  return order(a) < order(b) ? -1 : 1;
}
