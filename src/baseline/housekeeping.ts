import { GateError } from "../base/errors.ts";
import type { Baseline, BaselineRecord, Mark } from "./baseline.ts";

/** One stored run as `swarmgate baseline list` shows it. */
export interface ListedRun {
  readonly id: string;
  readonly commit: string | null;
  readonly startedAt: string;
  readonly machine: string;
  readonly requests: number;
  readonly failures: number;
  readonly state: "compared" | "pinned" | "invalidated" | "before-window" | "red";
  /** Why it was invalidated. */
  readonly reason: string | null;
}

/** Newest first. */
export function listRuns({ records, window }: Baseline): ListedRun[] {
  return records
    .map((record): ListedRun => {
      const { id, commit, startedAt, machine, endpoints, invalidated } = record;
      return {
        id,
        commit,
        startedAt,
        machine: `${machine.cpuModel}, ${machine.cores} cores`,
        requests: endpoints.reduce((sum, { requests }) => sum + requests, 0),
        failures: endpoints.reduce((sum, { failures }) => sum + failures, 0),
        state: stateOf(record, window),
        reason: invalidated,
      };
    })
    .reverse();
}

function stateOf(
  { invalidated, pinned, startedAt, regressed }: BaselineRecord,
  window: string | null,
): ListedRun["state"] {
  if (invalidated !== null) return "invalidated";
  if (pinned) return "pinned";
  return window !== null && Date.parse(startedAt) < Date.parse(window)
    ? "before-window"
    : regressed
      ? "red"
      : "compared";
}

/** Which run, by its id, its commit or the beginning of either (4 characters at least), and when it is decided. */
export interface Choice {
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Keeps a run for ever and compares with it whatever the window; `pinned: false` lets it go again. */
export function pin(baseline: Baseline, { run, at, pinned = true }: Choice & { readonly pinned?: boolean }): Baseline {
  return marked(baseline, { run, at }, { pinned });
}

/** Takes a run out of all comparisons; `reason: null` takes it back in. */
export function invalidate(
  baseline: Baseline,
  { run, at, reason }: Choice & { readonly reason: string | null },
): Baseline {
  return marked(baseline, { run, at }, { invalidated: reason });
}

/** Begins a new window: what was stored before `at` is not compared with any more, except what is pinned. */
export function reset(baseline: Baseline, { at }: { readonly at: string }): Baseline {
  return { ...baseline, window: at };
}

function marked(baseline: Baseline, { run, at }: Choice, mark: Partial<Mark>): Baseline {
  const chosen = new Set(find(baseline.records, run).map(({ id }) => id));
  return {
    ...baseline,
    records: baseline.records.map((record) => (chosen.has(record.id) ? { ...record, ...mark, markedAt: at } : record)),
  };
}

/** Several runs of one commit are meant together; a beginning that fits several commits is refused. */
function find(records: readonly BaselineRecord[], run: string): BaselineRecord[] {
  const wanted = run.toLowerCase();
  const found =
    wanted.length < 4 ? [] : records.filter(({ id, commit }) => id.startsWith(wanted) || commit?.startsWith(wanted));
  const known = records.map(({ id, commit }) => `${id} (${commit?.slice(0, 7) ?? "no commit"})`).join(", ");
  if (found.length === 0) {
    throw new GateError("baseline-run-unknown", `no stored run begins with "${run}"`, {
      hint: records.length === 0 ? "the baseline holds no runs" : `stored are ${known}`,
    });
  }
  if (new Set(found.map(({ id, commit }) => commit ?? id)).size > 1) {
    throw new GateError("baseline-run-ambiguous", `"${run}" fits several stored runs`, { hint: `stored are ${known}` });
  }
  return found;
}
