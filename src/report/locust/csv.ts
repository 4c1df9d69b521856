import { guardedCell } from "../../base/csv-cell.ts";
import type { Endpoint } from "../../stats/endpoint.ts";
import { EndpointStats } from "../../stats/endpoint-stats.ts";
import type { Histogram } from "../../stats/histogram.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { percentileMs, shownPercentiles } from "../../stats/summary.ts";
import { aggregatedEndpoint, aggregatedEntry, entriesOf, seconds, statsIn } from "./locust-numbers.ts";

/** Locust's four files by the suffix Locust gives them. */
export interface LocustCsv {
  readonly stats: string;
  readonly statsHistory: string;
  readonly failures: string;
  readonly exceptions: string;
}

const percentileNames = shownPercentiles.map((ratio) => `${Number((ratio * 100).toFixed(2))}%`);
const statsHeader = [
  ...["Type", "Name", "Request Count", "Failure Count", "Median Response Time", "Average Response Time"],
  ...["Min Response Time", "Max Response Time", "Average Content Size", "Requests/s", "Failures/s"],
  ...percentileNames,
];
const historyHeader = [
  ...["Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s"],
  ...percentileNames,
  ...["Total Request Count", "Total Failure Count", "Total Median Response Time", "Total Average Response Time"],
  ...["Total Min Response Time", "Total Max Response Time", "Total Average Content Size"],
];

/**
 * Locust's CSV files of a finished run: same headers, and all four of one moment, its end.
 * @param fullHistory a history row for every endpoint and second, not for all of them together only
 */
export function renderCsv(result: RunResult, options: { fullHistory?: boolean } = {}): LocustCsv {
  const windowSeconds = result.summary.windowMs / 1000;
  const entries = entriesOf(result);
  return {
    stats: csv([
      statsHeader,
      ...[...entries, aggregatedEntry(entries)].map(({ endpoint, stats }) =>
        statsCells(endpoint, stats, windowSeconds),
      ),
    ]),
    statsHistory: csv([historyHeader, ...history(result, options.fullHistory ? entries.map((e) => e.endpoint) : [])]),
    failures: csv([
      ["Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen"],
      ...result.summary.failures
        .filter(({ arm }) => arm === "head")
        .map(({ endpoint, message, count, firstMs, lastMs }) => [
          endpoint.method,
          endpoint.name,
          message,
          count,
          isoOf(firstMs),
          isoOf(lastMs),
        ]),
    ]),
    exceptions: csv([
      ["Count", "Message", "Traceback", "Nodes"],
      ...result.trouble.exceptions.map(({ count, message, trace }) => [count, message, trace, "local"]),
    ]),
  };
}

/** The run's clock counts from the Unix epoch; anything before it is nobody's time. */
function isoOf(ms: number): string {
  return Number.isFinite(ms) && ms >= 0 && ms < 8.64e15 ? new Date(ms).toISOString() : "";
}

type Cell = string | number;

function statsCells({ method, name }: Endpoint, stats: EndpointStats, windowSeconds: number): Cell[] {
  const latencies = stats.latencies;
  const perSecond = (count: number) => (windowSeconds > 0 ? count / windowSeconds : 0);
  return [
    method,
    name,
    stats.requests,
    stats.failures,
    ...times(stats, latencies),
    perSecond(stats.requests),
    perSecond(stats.failures),
    ...percentiles(stats, latencies),
  ];
}

/** Median, average, smallest, largest, content size; 0 where nothing was timed, as Locust. */
function times(stats: EndpointStats, latencies: Histogram): Cell[] {
  const timed = stats.requests - stats.untimed;
  return [
    percentileMs(stats, 0.5, latencies) ?? 0,
    timed === 0 ? 0 : stats.latencySumMs / timed,
    timed === 0 ? 0 : stats.minMs,
    stats.maxMs,
    stats.requests === 0 ? 0 : stats.bytesIn / stats.requests,
  ];
}

function percentiles(stats: EndpointStats, latencies: Histogram): Cell[] {
  return shownPercentiles.map((ratio) => {
    const ms = percentileMs(stats, ratio, latencies);
    return ms === null ? "N/A" : Math.round(ms);
  });
}

/** One row a second: rates and, in full history, percentiles of the last ten seconds; totals since the start. */
function history(result: RunResult, endpoints: readonly Endpoint[]): Cell[][] {
  const bySecond = seconds(result);
  const full = endpoints.length > 0;
  const rows: Cell[][] = [];
  const subjects = [
    ...endpoints.map((endpoint) => ({ endpoint, filter: endpoint })),
    { endpoint: aggregatedEndpoint, filter: null },
  ];
  const state = subjects.map((subject) => ({ ...subject, sofar: new EndpointStats(), recent: [] as EndpointStats[] }));
  for (const second of bySecond) {
    for (const subject of state) {
      const now = statsIn(second, subject.filter);
      subject.sofar.merge(now);
      subject.recent = [...subject.recent, now].slice(-10);
      const latencies = subject.sofar.latencies;
      const rate = (count: (stats: EndpointStats) => number) =>
        (subject.recent.reduce((sum, stats) => sum + count(stats), 0) / subject.recent.length).toFixed(6);
      const window = new EndpointStats();
      // Merging histograms is what costs here, so only where the rows show them.
      if (full) for (const stats of subject.recent) window.merge(stats);
      rows.push([
        second.second,
        second.users,
        subject.endpoint.method,
        subject.endpoint.name,
        rate(({ requests }) => requests),
        rate(({ failures }) => failures),
        ...(full ? percentiles(window, window.latencies) : percentiles(subject.sofar, latencies)),
        subject.sofar.requests,
        subject.sofar.failures,
        ...times(subject.sofar, latencies),
      ]);
    }
  }
  return rows;
}

/** Lines end as Python's csv module ends them. */
function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(cell: Cell): string {
  const text = typeof cell === "string" ? guardedCell(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
