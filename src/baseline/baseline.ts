import type { Endpoint } from "../stats/endpoint.ts";
import type { Histogram } from "../stats/histogram.ts";
import type { LoadProfile, Machine } from "../stats/run-result.ts";

/** Raised when the document's shape changes; a newer one is refused by name and never overwritten. */
export const baselineSchemaVersion = 1;

/** One endpoint of one accepted run, reduced to what comparison needs. */
export interface RecordedEndpoint {
  readonly endpoint: Endpoint;
  readonly requests: number;
  readonly failures: number;
  readonly timeouts: number;
  /** Successes and timeouts (docs/verdict.md#what-counts-as-a-latency), 2 digits. */
  readonly latencies: Histogram;
  /** Of a run of several passes: what each came to. Absent of one pass, and where a pass has too few requests. */
  readonly passes?: readonly PassPercentiles[] | undefined;
}

/** Percentiles of one pass in milliseconds, by name: `p50`, `p95`. */
export type PassPercentiles = Readonly<Record<string, number>>;

/** A decision of people about a run. The later decision wins where two copies of a baseline disagree. */
export interface Mark {
  /** Compared with for ever, and never dropped. */
  readonly pinned: boolean;
  /** Why it must not be compared with; null if it may. */
  readonly invalidated: string | null;
  /** When it was decided, ISO 8601; empty while nobody has. */
  readonly markedAt: string;
}

/** What a search for the largest load found: `load` users, or iterations started per second, kept the promises. */
interface RecordedCapacity {
  readonly load: number;
  /** More was not tried: the load was at the cap. */
  readonly isLowerBound: boolean;
}

/** A run that was itself a regression against the runs before it. */
interface Regressed {
  /** What was worse, at most `mostNamed` of them: an endpoint's label and a metric (`GET /cart p95`), or `suite`. */
  readonly what: readonly string[];
  /** Whether it was a run of the branch whose runs make the baseline: only these can begin a new level. */
  readonly ofBranch: boolean;
}

/** More names say no more. */
export const mostNamed = 50;

/** One stored run. */
export interface BaselineRecord extends Mark {
  /** Made of the run's own facts, so that the same run has the same id in every copy. */
  readonly id: string;
  readonly commit: string | null;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly profile: LoadProfile;
  readonly locustfileHash: string;
  readonly measurement: number;
  readonly engine: string;
  readonly endpoints: readonly RecordedEndpoint[];
  /** Judged time, milliseconds: requests over it are the throughput. Absent in runs stored before it was kept. */
  readonly judgedMs?: number | undefined;
  /** Set where the run was red: it is not learnt from until its level is accepted (accepted-level.ts). */
  readonly regressed?: Regressed | undefined;
  /** How often the whole load was run, on the same machine one after the other; absent is once. */
  readonly passes?: number | undefined;
  /** Of a search for the largest load; such runs are compared with their like alone. */
  readonly capacity?: RecordedCapacity | undefined;
}

/** The last accepted runs of one load test, oldest first. */
export interface Baseline {
  /** The load test's `name`. */
  readonly name: string;
  /** Grows with every write, so that no two versions of a document are equal text. */
  readonly revision: number;
  /** Runs that began before it are not compared with, unless pinned: a slowdown was accepted. Null is no limit. */
  readonly window: string | null;
  readonly records: readonly BaselineRecord[];
}

export function emptyBaseline(name: string): Baseline {
  return { name, revision: 0, window: null, records: [] };
}

/** The baseline with one more run, the oldest dropped beyond `keep`; pinned ones are never dropped. */
export function addRecord(
  baseline: Baseline,
  { record, keep }: { readonly record: BaselineRecord; readonly keep: number },
): Baseline {
  return trimmed(mergeBaselines(baseline, { ...emptyBaseline(baseline.name), records: [record] }), keep);
}

/**
 * Two copies of a baseline as one. Associative, commutative and idempotent, so that stores without compare-and-swap
 * need no order among their writers.
 */
export function mergeBaselines(a: Baseline, b: Baseline): Baseline {
  const byId = new Map<string, BaselineRecord>();
  for (const record of [...a.records, ...b.records]) {
    const known = byId.get(record.id);
    if (!known || laterMark(record, known)) byId.set(record.id, record);
  }
  return {
    name: a.name,
    revision: Math.max(a.revision, b.revision),
    window: (a.window ?? "") > (b.window ?? "") ? a.window : b.window,
    records: [...byId.values()].sort(byTime),
  };
}

export function trimmed(baseline: Baseline, keep: number): Baseline {
  let excess = baseline.records.filter(({ pinned }) => !pinned).length - keep;
  const records = baseline.records.filter(({ pinned }) => pinned || excess-- <= 0);
  return { ...baseline, records };
}

/** Of equal times the one that says more wins, so that the order of merging never matters. */
function laterMark(a: Mark, b: Mark): boolean {
  const key = ({ markedAt, pinned, invalidated }: Mark) => `${markedAt}\u0000${invalidated ?? ""}\u0000${pinned}`;
  return key(a) > key(b);
}

function byTime(a: BaselineRecord, b: BaselineRecord): number {
  return a.startedAt < b.startedAt || (a.startedAt === b.startedAt && a.id < b.id) ? -1 : 1;
}
