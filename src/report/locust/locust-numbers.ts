import { cellKey, type Endpoint, parseCellKey } from "../../stats/endpoint.ts";
import { EndpointStats } from "../../stats/endpoint-stats.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { addCells, blockMs } from "../../stats/snapshot.ts";
import { windowBlocks, windowCells } from "../document/distribution.ts";

/**
 * The two outputs kept for those who read Locust's files. They need what a report has no room for (every bucket, every
 * second of every endpoint), so they are made from the run result, and from the same blocks as its summary.
 */

/** One of Locust's "stats entries": the head arm's endpoint, added up and by second. */
export interface Entry {
  readonly endpoint: Endpoint;
  readonly stats: EndpointStats;
}

/** Sorted by name and method, as Locust does. */
export function entriesOf(result: RunResult): Entry[] {
  const key = ({ endpoint }: Entry) => `${endpoint.name}\u0000${endpoint.method}`;
  return windowCells(result)
    .filter(({ arm }) => arm === "head")
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

export const aggregatedEndpoint: Endpoint = { method: "", name: "Aggregated" };

export function aggregatedEntry(entries: readonly Entry[]): Entry {
  const stats = new EndpointStats();
  for (const entry of entries) stats.merge(entry.stats);
  return { endpoint: aggregatedEndpoint, stats };
}

/** Seconds since the Unix epoch at which a block began. */
export function blockStartSeconds({ meta }: RunResult, block: number): number {
  const startMs = Date.parse(meta.startedAt);
  return ((Number.isFinite(startMs) ? startMs : 0) + block * blockMs) / 1000;
}

/** What one second of the wall clock saw. */
export interface Second {
  readonly second: number;
  /** Running users at its end. */
  readonly users: number;
  /** By `cellKey`. */
  readonly cells: ReadonlyMap<string, EndpointStats>;
}

/** The judged blocks by second, in order; seconds without a block between are there, empty. */
export function seconds(result: RunResult): Second[] {
  const by = Map.groupBy(windowBlocks(result), ({ block }) => Math.floor(blockStartSeconds(result, block)));
  if (by.size === 0) return [];
  const [first, last] = [Math.min(...by.keys()), Math.max(...by.keys())];
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const blocks = (by.get(first + i) ?? []).sort((a, b) => a.block - b.block);
    const users = [...(blocks.at(-1)?.users.values() ?? [])].reduce((sum, count) => sum + count, 0);
    return { second: first + i, users, cells: addCells(blocks.map(({ cells }) => cells)) };
  });
}

/** One endpoint's part of a second, or all of them together; head arm. */
export function statsIn({ cells }: Second, endpoint: Endpoint | null): EndpointStats {
  if (endpoint !== null) return cells.get(cellKey("head", endpoint)) ?? new EndpointStats();
  const sum = new EndpointStats();
  for (const [key, stats] of cells) if (parseCellKey(key).arm === "head") sum.merge(stats);
  return sum;
}

/**
 * Locust's bucket of a response time: whole milliseconds below 100, then two significant digits, halves to even as
 * Python's `round`. Only for files that Locust's tools read; our own percentiles come from the histogram.
 */
export function locustBucket(ms: number): number {
  if (ms < 100) return roundHalfEven(ms, 1);
  if (ms < 1000) return roundHalfEven(ms, 10);
  if (ms < 10_000) return roundHalfEven(ms, 100);
  return roundHalfEven(ms, 1000);
}

function roundHalfEven(value: number, unit: number): number {
  const scaled = value / unit;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return (up ? below + 1 : below) * unit;
}

/** The bucket counts of all latencies, rising. */
export function locustBuckets(stats: EndpointStats): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { lowUs, highUs, count } of stats.latencies.bins()) {
    // Bins below 2 ms hold one microsecond each, and a value recorded as such is the bin's low end.
    const ms = (highUs - lowUs === 1 ? lowUs : (lowUs + highUs) / 2) / 1000;
    const bucket = locustBucket(Math.min(stats.maxMs, Math.max(stats.minMs, ms)));
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return counts;
}
