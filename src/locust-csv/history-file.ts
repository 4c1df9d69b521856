import type { Endpoint } from "../stats/endpoint.ts";
import type { ReportedPercentile } from "../stats/reported-percentiles.ts";
import { endpointOf, isAggregated, percentileColumns, percentilesOf, statedOf } from "./entry.ts";
import type { CsvFile } from "./rows.ts";
import { tableOf } from "./table.ts";

/** What one second added to an entry. */
interface Point {
  /** Since the first row. */
  readonly second: number;
  readonly requests: number;
  readonly failures: number;
  /** Of the last ten seconds; empty where Locust does not say. */
  readonly percentiles: readonly ReportedPercentile[];
}

export interface HistorySeries {
  readonly endpoint: Endpoint;
  readonly points: readonly Point[];
}

/** `_stats_history.csv`. */
export interface History {
  /** When the first row was written, milliseconds since the Unix epoch. */
  readonly startMs: number;
  /** The seconds it covers; the first is that of the last reset of Locust's statistics. */
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly users: readonly { readonly second: number; readonly users: number }[];
  readonly total: HistorySeries;
  /** By entry, where Locust ran with --csv-full-history; under `method NUL name`. */
  readonly courses: ReadonlyMap<string, HistorySeries>;
}

const needed = [...["Timestamp", "User Count", "Type", "Name", "Total Request Count", "Total Failure Count"]];
/** A run of a day; the document of a longer one would have no room for its blocks. */
export const longestSeconds = 86_400;

interface Open extends HistorySeries {
  readonly points: Point[];
  requests: number;
  failures: number;
}

/** Null where it holds nothing but its header. Throws GateError `csv-unreadable`. */
export function readHistory(file: CsvFile): History | null {
  const { columns, records } = tableOf(file, needed);
  const percentiles = percentileColumns(columns);
  const open = new Map<string, Open>();
  const users: { second: number; users: number }[] = [];
  let start: number | null = null;
  let fromSecond = 0;
  let second = 0;
  for (const record of records) {
    const timestamp = record.count("Timestamp");
    start ??= timestamp;
    if (timestamp - start > longestSeconds) {
      record.refuse("Timestamp", `the run is longer than ${longestSeconds / 3600} hours, the most that can be judged`);
    }
    // A clock that was set back says nothing of how long a second is.
    second = Math.max(second, timestamp - start);
    const endpoint = endpointOf(record);
    const aggregated = isAggregated(endpoint);
    const key = entryKey(endpoint);
    const course = open.get(key) ?? { endpoint, points: [], requests: 0, failures: 0 };
    open.set(key, course);
    const requests = record.count("Total Request Count");
    const failures = record.count("Total Failure Count");
    if (requests < course.requests || failures < course.failures) {
      // `--reset-stats`: what was before is in no other file either.
      course.points.length = 0;
      course.requests = 0;
      course.failures = 0;
      if (aggregated) fromSecond = Math.max(0, second - 1);
    }
    const list = aggregated ? [] : percentilesOf(record, percentiles);
    course.points.push({
      second,
      requests: requests - course.requests,
      failures: failures - course.failures,
      // Zeros stand for a window that is not there yet.
      percentiles: (list.at(-1)?.ms ?? 0) > 0 ? statedOf(list, true) : [],
    });
    course.requests = requests;
    course.failures = failures;
    if (aggregated) users.push({ second, users: record.count("User Count") });
  }
  const total = open.get(entryKey(aggregatedEndpoint));
  if (start === null || !total) return null;
  open.delete(entryKey(aggregatedEndpoint));
  return { startMs: start * 1000, fromSecond, toSecond: Math.max(second, fromSecond + 1), users, total, courses: open };
}

const aggregatedEndpoint: Endpoint = { method: "", name: "Aggregated" };

export function entryKey({ method, name }: Endpoint): string {
  return `${method}\u0000${name}`;
}
