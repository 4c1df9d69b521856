import type { Endpoint } from "../stats/endpoint.ts";
import { endpointLabel } from "../stats/endpoint.ts";
import type { ReportedPercentile } from "../stats/reported-percentiles.ts";
import { endpointOf, isAggregated, isLocustRounded, percentileColumns, percentilesOf, statedOf } from "./entry.ts";
import { type CsvFile, refuse } from "./rows.ts";
import { tableOf } from "./table.ts";

/** One row of `_stats.csv`. Milliseconds, bytes. */
export interface Entry {
  readonly endpoint: Endpoint;
  readonly requests: number;
  readonly failures: number;
  readonly avgMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly bytesEach: number;
  readonly rps: number;
  readonly percentiles: readonly ReportedPercentile[];
}

export interface StatsFile {
  readonly entries: readonly Entry[];
  readonly total: Entry;
}

const needed = [
  ...["Type", "Name", "Request Count", "Failure Count", "Average Response Time", "Min Response Time"],
  ...["Max Response Time", "Average Content Size", "Requests/s"],
];
/** As many as a result document has. */
const mostEntries = 20_000;

/** Reads `_stats.csv`: every entry, and all of them together. Throws GateError `csv-unreadable`. */
export function readStats(file: CsvFile): StatsFile {
  const { columns, records } = tableOf(file, needed);
  const percentiles = percentileColumns(columns);
  if (!percentiles.some(({ ratio }) => ratio > 0 && ratio < 1)) {
    refuse(file, 1, 'there is no column of a percentile, such as "95%"');
  }
  const rows = [...records].map((record) => ({ record, list: percentilesOf(record, percentiles) }));
  const whole = rows.some(({ list }) => list.some(({ ms }) => !isLocustRounded(ms)));
  const seen = new Set<string>();
  const entries: Entry[] = [];
  let total: Entry | null = null;
  for (const { record, list } of rows) {
    const endpoint = endpointOf(record);
    const entry: Entry = {
      endpoint,
      requests: record.count("Request Count"),
      failures: record.count("Failure Count"),
      avgMs: record.number("Average Response Time"),
      minMs: record.number("Min Response Time"),
      maxMs: record.number("Max Response Time"),
      bytesEach: record.number("Average Content Size"),
      rps: record.number("Requests/s"),
      percentiles: statedOf(list, whole),
    };
    if (entry.failures > entry.requests) {
      record.refuse("Failure Count", `${entry.failures} of ${entry.requests} requests cannot have failed`);
    }
    if (entry.minMs > entry.maxMs) record.refuse("Min Response Time", "is more than the maximum");
    if (total) refuse(file, record.line, 'a record follows "Aggregated", which is the last');
    if (isAggregated(endpoint)) total = entry;
    else {
      const label = `${endpoint.method}\u0000${endpoint.name}`;
      if (seen.has(label)) record.refuse("Name", `${endpointLabel(endpoint).slice(0, 100)} is there twice`);
      seen.add(label);
      entries.push(entry);
    }
  }
  if (!total) refuse(file, null, 'the last record, "Aggregated", is missing: the file is cut off');
  if (entries.length > mostEntries) {
    refuse(file, null, `${entries.length} entries; ${mostEntries} are the most`, "group URLs by `name=`");
  }
  for (const [column, of] of [
    ["Request Count", (entry: Entry) => entry.requests],
    ["Failure Count", (entry: Entry) => entry.failures],
  ] as const) {
    const sum = entries.reduce((all, entry) => all + of(entry), 0);
    if (sum !== of(total)) {
      refuse(file, null, `column "${column}": the entries add up to ${sum}, "Aggregated" says ${of(total)}`);
    }
  }
  return { entries, total };
}
