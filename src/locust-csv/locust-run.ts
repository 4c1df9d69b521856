import { endpointLabel } from "../stats/endpoint.ts";
import type { EndpointStats } from "../stats/endpoint-stats.ts";
import { type FailureGroup, FailureLog } from "../stats/failures.ts";
import { noHealth } from "../stats/health.ts";
import {
  locustMeasurementVersion,
  noTrouble,
  type RunMeta,
  type RunResult,
  resultSchemaVersion,
  type Warning,
} from "../stats/run-result.ts";
import type { Block } from "../stats/snapshot.ts";
import { summarize } from "../stats/summary.ts";
import { apportion, cellsOf, keyOf, reportedOn } from "./cells.ts";
import { readExceptions, readFailures } from "./failures-file.ts";
import { type History, longestSeconds, readHistory } from "./history-file.ts";
import { type CsvFile, refuse } from "./rows.ts";
import { type Shares, sharesOf, takesCourseOfAll } from "./shares.ts";
import { readStats, type StatsFile } from "./stats-file.ts";

/** The files of one run of Locust's, by the suffixes it gives them. */
export interface LocustFiles {
  readonly stats: CsvFile;
  readonly failures: CsvFile;
  readonly exceptions: CsvFile;
  /** Null where there is none: then nothing is known of the run's course. */
  readonly history: CsvFile | null;
  /** When `stats` was written last, milliseconds since the Unix epoch: the run's end where no history tells it. */
  readonly writtenMs: number;
}

/** What the files do not say, and whoever has them may. */
export type Unsaid = Pick<RunMeta, "name" | "commit" | "baseCommit">;

/** What `meta.engine` says of such a run; Locust does not write its version down. */
const locustEngine = "Locust";

/**
 * A run of Locust's as its CSV files tell it: counts, percentiles, averages, extremes, rates, failures and exceptions
 * as stated; latencies in between, and when which of them were seen, reconstructed
 * (docs/decisions/0071-locust-csv.md). Throws GateError `csv-unreadable`.
 */
export function locustRun(files: LocustFiles, unsaid: Unsaid): RunResult {
  const stats = readStats(files.stats);
  const history = files.history === null ? null : courseIn(readHistory(files.history), stats);
  const length = seconds(stats, { history, file: files.stats });
  const startMs = history ? history.startMs + history.fromSecond * 1000 : files.writtenMs - length * 1000;
  const span = { first: startMs, last: startMs + length * 1000 };
  const shares = sharesOf(stats, { history, length, file: files.history });
  const blocks = blocksOf(stats, { shares, history, length });
  placeFailures(readFailures(files.failures, span), { blocks, shares, file: files.failures });
  const users = (history?.users ?? []).reduce((most, row) => Math.max(most, row.users), 0);
  return {
    schema: resultSchemaVersion,
    meta: metaOf(unsaid, { span, users }),
    blocks,
    summary: summarize(blocks),
    trouble: {
      ...noTrouble,
      peakUsers: users,
      // How many were asked for is in no file.
      targetUsers: users,
      exceptions: readExceptions(files.exceptions, span),
    },
    warnings: warningsOf(history, stats),
    interrupted: false,
  };
}

/** Older versions flush the history every ten seconds: of a short run it may hold a row from before the load. */
function courseIn(history: History | null, { total }: StatsFile): History | null {
  return total.requests > 0 && !history?.total.points.some(({ requests }) => requests > 0) ? null : history;
}

function seconds({ total }: StatsFile, { history, file }: { history: History | null; file: CsvFile }): number {
  const ofRate = total.rps > 0 ? total.requests / total.rps : 1;
  // A history that ends early, for what it had not flushed, makes no run shorter.
  const stated = history ? Math.max(history.toSecond - history.fromSecond, ofRate) : ofRate;
  if (stated > longestSeconds) {
    refuse(file, null, `the run is longer than ${longestSeconds / 3600} hours, the most that can be judged`);
  }
  return Math.max(1, Math.round(stated));
}

/** Two blocks a second, of which the first has what the second of the run brought. */
function blocksOf(
  { entries, total }: StatsFile,
  { shares, history, length }: { shares: Shares; history: History | null; length: number },
): Block[] {
  const cells = Array.from({ length }, () => new Map<string, EndpointStats>());
  let carrier: EndpointStats | undefined;
  let sumMs = 0;
  for (const entry of entries) {
    if (entry.requests === 0) continue;
    for (const [slot, stats] of cellsOf(entry, shares.get(keyOf(entry)) ?? [])) {
      (cells[slot] as Map<string, EndpointStats>).set(keyOf(entry), stats);
      if (stats.stated.length > 0) carrier = stats;
      sumMs += stats.latencySumMs;
    }
  }
  if (carrier && total.percentiles.length > 0) carrier.stated = [...carrier.stated, reportedOn(total, sumMs)];
  const users = usersBySlot(history, length);
  return Array.from({ length: 2 * length }, (_, block): Block => {
    const slot = Math.floor(block / 2);
    return {
      block,
      phase: "steady",
      users: history ? new Map([["User", users[slot] as number]]) : new Map(),
      cells: block % 2 === 0 ? (cells[slot] as Map<string, EndpointStats>) : new Map(),
      failures: new FailureLog(),
      health: noHealth,
    };
  });
}

function usersBySlot(history: History | null, length: number): number[] {
  const users = new Array<number>(length).fill(0);
  for (const row of history?.users ?? []) {
    const from = Math.max(0, row.second - (history?.fromSecond ?? 0) - 1);
    if (from < length) users[from] = row.users;
  }
  // A second without a row has the users of the one before.
  for (let i = 1; i < length; i++) if (users[i] === 0) users[i] = users[i - 1] as number;
  return users;
}

/** Failures fall when their entry's failures did. */
function placeFailures(
  groups: readonly FailureGroup[],
  { blocks, shares, file }: { blocks: readonly Block[]; shares: Shares; file: CsvFile },
): void {
  const sums = new Map<string, number>();
  for (const group of groups) {
    const key = keyOf(group);
    const own = shares.get(key);
    const name = endpointLabel(group.endpoint).slice(0, 100);
    if (!own) refuse(file, null, `names ${name}, which _stats.csv does not have: the files are of different runs`);
    const sum = (sums.get(key) ?? 0) + group.count;
    sums.set(key, sum);
    const all = own.reduce((total, { failures }) => total + failures, 0);
    if (sum > all)
      refuse(file, null, `has more failures of ${name} than _stats.csv (${all}): the files are of different runs`);
    const failing = own.filter(({ failures }) => failures > 0);
    const parts = apportion(
      group.count,
      failing.map(({ failures }) => failures),
    );
    for (const [i, { slot }] of failing.entries()) {
      const count = parts[i] as number;
      if (count > 0) blocks[2 * slot]?.failures.add({ ...group, count });
    }
  }
}

function metaOf(unsaid: Unsaid, { span, users }: { span: { first: number; last: number }; users: number }): RunMeta {
  return {
    ...unsaid,
    engine: locustEngine,
    measurement: locustMeasurementVersion,
    seed: "",
    startedAt: new Date(span.first).toISOString(),
    endedAt: new Date(span.last).toISOString(),
    host: null,
    baseHost: null,
    locustfile: "",
    locustfileHash: "",
    profile: {
      users,
      spawnRate: 0,
      runTimeMs: null,
      requests: null,
      arrivalRate: null,
      shape: null,
      userClasses: [],
      tags: [],
      excludeTags: [],
    },
    machine: { cpuModel: "", cores: 0, memoryBytes: 0, os: "", node: "" },
    threads: 0,
  };
}

function warningsOf(history: History | null, stats: StatsFile): Warning[] {
  const message =
    "Measured by Locust, read from its CSV files: whether the load generator kept up is not known. The ramp counts in " +
    "every number, and percentiles are rounded as Locust rounds them.";
  const course = courseToldOf(history, stats);
  return [
    { code: "measured-by-locust", message },
    ...(course === null ? [] : [{ code: "locust-history", message: course }]),
  ];
}

function courseToldOf(history: History | null, stats: StatsFile): string | null {
  if (!history) {
    return "There is no _stats_history.csv, or nothing of the run in it: users and the run's course are not known.";
  }
  if (history.courses.size > 0 || !history.total.points.some(({ requests }) => requests > 0)) return null;
  return takesCourseOfAll(history, stats)
    ? "Locust ran without --csv-full-history: when each endpoint's requests and failures happened is taken from all endpoints' together, and latencies have no course."
    : "Locust ran without --csv-full-history, too long and with too many endpoints to give each the course of all: the run has none.";
}
