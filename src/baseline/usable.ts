import { ours, type Sentence, say } from "../base/sentence.ts";
import type { LoadProfile, Machine } from "../stats/run-result.ts";
import { type AcceptedLevel, acceptedLevel } from "./accepted-level.ts";
import type { Baseline, BaselineRecord } from "./baseline.ts";

/** Below so many runs of the same machine those of others are taken in, too: they teach how much runs differ. */
const enoughOfOneMachine = 8;

/** What of a new run decides which stored runs it may be compared with. */
export interface CurrentRun {
  readonly measurement: number;
  readonly profile: LoadProfile;
  readonly machine: Machine;
  readonly locustfileHash: string;
  /** Set for a search for the largest load. */
  readonly capacity?: unknown;
}

/** Why a stored run is not compared with. */
export type LeftOut =
  | "invalidated"
  | "before-window"
  | "regressed"
  | "other-measurement"
  | "other-kind"
  | "other-profile"
  | "other-machine";

export interface Usable {
  /** Oldest first. */
  readonly records: readonly BaselineRecord[];
  readonly leftOut: readonly { readonly record: BaselineRecord; readonly why: LeftOut }[];
  /**
   * Set where there are stored runs and none is comparable: why, as a sentence. With a mismatch of profile or
   * measurement the comparison is inconclusive (docs/verdict.md#which-runs-can-be-compared), not merely without a
   * baseline.
   */
  readonly incomparable: { readonly why: LeftOut; readonly message: string } | null;
  /** Told beside the comparison. */
  readonly warnings: readonly Sentence[];
}

/** Chooses the stored runs a new run is compared with. */
export function usable({ records, window }: Baseline, current: CurrentRun): Usable {
  const leftOut: { record: BaselineRecord; why: LeftOut }[] = [];
  const alike: BaselineRecord[] = [];
  for (const record of records) {
    const why = mismatch(record, { current, window });
    if (why) leftOut.push({ record, why });
    else alike.push(record);
  }
  const level = acceptedLevel(alike);
  const comparable: BaselineRecord[] = [];
  for (const record of alike) {
    const why = notLearntFrom(record, level);
    if (why) leftOut.push({ record, why });
    else comparable.push(record);
  }
  const same = comparable.filter(({ machine }) => machineKind(machine) === machineKind(current.machine));
  const enough = same.length >= enoughOfOneMachine;
  const kept = enough ? comparable.filter((record) => same.includes(record) || record.pinned) : comparable;
  for (const record of comparable) if (!kept.includes(record)) leftOut.push({ record, why: "other-machine" });
  return {
    records: kept,
    leftOut,
    incomparable: kept.length === 0 ? reasonOf(leftOut.map(({ why }) => why)) : null,
    warnings: [...warningsOf(kept, current), ...levelWarnings(level, leftOut)],
  };
}

/** Red runs, until three of them in a row make a level of their own; then the runs before it. */
function notLearntFrom(record: BaselineRecord, level: AcceptedLevel | null): LeftOut | undefined {
  if (record.pinned || level?.runs.includes(record)) return undefined;
  if (level && Date.parse(record.startedAt) < Date.parse(level.runs[0]?.startedAt ?? "")) return "before-window";
  return record.regressed ? "regressed" : undefined;
}

function levelWarnings(level: AcceptedLevel | null, leftOut: Usable["leftOut"]): Sentence[] {
  const warnings: Sentence[] = [];
  if (level) {
    const [first, more] = [level.what[0], level.what.length - 1];
    warnings.push(
      say`a new window began on ${ours(level.runs[0]?.startedAt.slice(0, 10) ?? "")}: three runs in a row were red and agree on the new level (${first ?? ""}${ours(more > 0 ? ` and ${more} more` : "")}), so they are the baseline now`,
    );
  }
  const red = leftOut.filter(({ why }) => why === "regressed").length;
  if (red > 0) {
    warnings.push(
      ours(
        `${red} stored ${red === 1 ? "run was" : "runs were"} red and ${red === 1 ? "is" : "are"} not learnt from; \`mode: baseline\` accepts the new level, and so do three such runs in a row that agree`,
      ),
    );
  }
  return warnings;
}

function mismatch(
  record: BaselineRecord,
  { current, window }: { current: CurrentRun; window: string | null },
): LeftOut | undefined {
  if (record.invalidated !== null) return "invalidated";
  if (record.measurement !== current.measurement) return "other-measurement";
  if ((record.capacity === undefined) !== (current.capacity === undefined)) return "other-kind";
  if (profileKey(record.profile) !== profileKey(current.profile)) return "other-profile";
  const isOld = window !== null && Date.parse(record.startedAt) < Date.parse(window);
  return isOld && !record.pinned ? "before-window" : undefined;
}

const sentences: Record<LeftOut, string> = {
  "other-measurement": "the stored runs were measured by another version of the measurement",
  "other-profile": "the stored runs had another load profile (users, spawn rate, run time, tags, classes)",
  "other-kind": "the stored runs are of another kind (searches for the capacity, or runs of one load)",
  "before-window": "the stored runs are older than the window that was begun",
  invalidated: "the stored runs have been invalidated",
  regressed: "the stored runs were red, and none of them is learnt from",
  "other-machine": "the stored runs come from other machines",
};

/** The most telling of several reasons. */
function reasonOf(reasons: readonly LeftOut[]): Usable["incomparable"] {
  const order: readonly LeftOut[] = [
    "other-profile",
    "other-measurement",
    "before-window",
    "invalidated",
    "regressed",
    "other-kind",
  ];
  const why = order.find((reason) => reasons.includes(reason));
  return why ? { why, message: sentences[why] } : null;
}

function warningsOf(records: readonly BaselineRecord[], { machine, locustfileHash }: CurrentRun): Sentence[] {
  const warnings: Sentence[] = [];
  const others = records.filter((record) => machineKind(record.machine) !== machineKind(machine)).length;
  if (others > 0) {
    const name = machineKind(machine);
    warnings.push(
      others === records.length
        ? say`none of the stored runs was measured on this run's machine (${name}), so latencies are not judged; runs of the default branch on it would be a baseline for it`
        : say`${others} of ${records.length} stored runs come from another machine than this run's (${name}): they teach only how much runs differ`,
    );
  }
  const edited = records.filter((record) => record.locustfileHash !== locustfileHash).length;
  if (edited > 0) {
    warnings.push(say`${edited} of ${records.length} stored runs used another version of the locustfile`);
  }
  return warnings;
}

/** Machines of one kind have the same text. A new kernel makes no new machine. */
export function machineKind({ cpuModel, cores }: Pick<Machine, "cpuModel" | "cores">): string {
  return `${cpuModel}, ${cores} cores`;
}

/** Everything of a profile that changes what is measured; the order of classes and tags does not. */
function profileKey(profile: LoadProfile): string {
  const { users, spawnRate, runTimeMs, requests, arrivalRate, shape } = profile;
  const lists = [profile.userClasses, profile.tags, profile.excludeTags].map((list) => [...list].sort());
  return JSON.stringify([users, spawnRate, runTimeMs, requests, arrivalRate, shape, lists]);
}
