import { cellKey } from "../stats/endpoint.ts";
import { EndpointStats } from "../stats/endpoint-stats.ts";
import type { ReportedPercentiles } from "../stats/reported-percentiles.ts";
import type { HistorySeries } from "./history-file.ts";
import { deal, latenciesOf, type Ranked, type Weighted } from "./reconstruct.ts";
import type { Entry } from "./stats-file.ts";

/** Different values between two stated percentiles: of a whole run, and of a second. */
const pieces = { run: 20, second: 1 };

/** When an entry's requests were made: those of each slot. A slot is a second of the run. */
export interface Share {
  readonly slot: number;
  readonly requests: number;
  readonly failures: number;
  readonly percentiles: HistorySeries["points"][number]["percentiles"];
}

/** An entry's statistics by slot. They add up to what was stated, which the last of them carries. */
export function cellsOf(entry: Entry, shares: readonly Share[]): Map<number, EndpointStats> {
  const cells = new Map<number, EndpointStats>();
  for (const { slot, requests, failures } of shares) {
    if (requests + failures === 0) continue;
    const cell = cells.get(slot) ?? new EndpointStats();
    cell.requests += requests;
    cell.failures += failures;
    cell.bytesIn += Math.round(entry.bytesEach * requests);
    cells.set(slot, cell);
  }
  if (entry.percentiles.length === 0) {
    for (const cell of cells.values()) cell.untimed = cell.requests;
    return cells;
  }
  const last = cells.get(lastOf(cells));
  if (last) last.stated = [reportedOn(entry)];
  time(entry, shares, cells);
  return cells;
}

function lastOf(cells: ReadonlyMap<number, EndpointStats>): number {
  let last = 0;
  for (const slot of cells.keys()) last = Math.max(last, slot);
  return last;
}

export function reportedOn(
  { requests, avgMs, rps, percentiles }: Entry,
  sumMs = avgMs * requests,
): ReportedPercentiles {
  return { count: requests, sumMs, rps: rps > 0 ? rps : null, percentiles };
}

/** Latencies by slot where a course of them is known; else all of them in the last, as documents of long runs do. */
function time(entry: Entry, shares: readonly Share[], cells: ReadonlyMap<number, EndpointStats>): void {
  const { requests: count, minMs, maxMs } = entry;
  const latencies = latenciesOf({ count, minMs, maxMs, percentiles: entry.percentiles, pieces: pieces.run });
  const reconstructedMs = latencies.reduce((sum, { ms, count: times }) => sum + ms * times, 0);
  const scale = reconstructedMs > 0 ? (entry.avgMs * count) / reconstructedMs : 1;
  const put = (slot: number, { ms, count: times }: Weighted) => {
    const cell = cells.get(slot);
    if (!cell) return;
    cell.success.record(ms, times);
    cell.minMs = Math.min(cell.minMs, ms);
    cell.maxMs = Math.max(cell.maxMs, ms);
    cell.latencySumMs += ms * times * scale;
  };
  const hasCourse = shares.some(({ percentiles }) => percentiles.length > 0);
  if (hasCourse)
    deal(
      latencies,
      shares.flatMap((share) => ranked(share, entry)),
      put,
    );
  else {
    const last = lastOf(cells);
    for (const part of latencies) put(last, part);
  }
}

function ranked({ slot, requests, percentiles }: Share, entry: Entry): Ranked[] {
  const known = percentiles.length > 0;
  const { minMs } = entry;
  const maxMs = known ? Math.max(minMs, percentiles.at(-1)?.ms ?? 0) : entry.maxMs;
  const of = known ? percentiles : entry.percentiles;
  return latenciesOf({ count: requests, minMs, maxMs, percentiles: of, pieces: pieces.second }).map((part) => ({
    ...part,
    slot,
  }));
}

/** A whole number dealt out by weights, each running sum rounded; nothing is lost. */
export function apportion(whole: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  if (all === 0) return weights.map((_, i) => (i === weights.length - 1 ? whole : 0));
  let sofar = 0;
  let given = 0;
  return weights.map((weight) => {
    sofar += weight;
    const upTo = sofar === all ? whole : Math.round((whole * sofar) / all);
    const part = upTo - given;
    given = upTo;
    return part;
  });
}

/** The key of an entry's cell: Locust's CSV has one version's requests alone. */
export function keyOf({ endpoint }: Pick<Entry, "endpoint">): string {
  return cellKey("head", endpoint);
}
