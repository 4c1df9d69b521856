import { messageOf } from "../base/errors.ts";
import { addRecord, type BaselineRecord, mostNamed } from "../baseline/baseline.ts";
import { reset } from "../baseline/housekeeping.ts";
import { recordOf } from "../baseline/record.ts";
import type { BaselineStore, Saved } from "../baseline/store.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { endpointLabel } from "../stats/endpoint.ts";
import type { RunResult } from "../stats/run-result.ts";
import { type Capacity, heldStep, isLowerBound } from "../verdict/capacity/capacity.ts";
import { areStored } from "../verdict/reasons.ts";
import { headGone } from "../verdict/validity/target-gone.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { searchProfile } from "./capacity.ts";
import type { GateContext } from "./gate-context.ts";
import type { Past } from "./load-baseline.ts";

export interface SavedBaseline {
  readonly saved: boolean;
  /** Why a run that should have been kept was not; null otherwise. */
  readonly whyNot: string | null;
}

/** Whether a run becomes part of the baseline (docs/verdict.md#when-a-run-is-stored). An invalid one never does. */
function isWorthKeeping({
  config: { settings },
  verdict,
  ownsBaseline,
}: {
  config: GateConfig;
  verdict: Verdict;
  ownsBaseline: boolean;
}): boolean {
  if (verdict.conclusion === "invalid" || settings.mode === "calibrate") return false;
  if (verdict.reasons.some(({ code }) => code === "service-died")) return false;
  if (settings.mode === "baseline") return true;
  if (settings["save-baseline"] === "never") return false;
  if (settings["save-baseline"] === "always") return true;
  return ownsBaseline && areStored(verdict.reasons);
}

/** `mode: baseline` begins a new window: what was stored before is not compared with any more, unless pinned. */
function save({
  config: { settings },
  store,
  record,
}: {
  config: GateConfig;
  store: BaselineStore;
  record: BaselineRecord;
}): Promise<Saved> {
  if (settings.mode !== "baseline") return store.save(settings.name, record);
  const keep = settings["baseline-runs"];
  return store.change(settings.name, (before) => addRecord(reset(before, { at: record.startedAt }), { record, keep }));
}

/** Adds the run to the baseline, if it is worth keeping. A store that refuses is told, and changes no verdict. */
export async function saveBaseline({
  config,
  world,
  result,
  verdict,
  past,
  capacity = null,
}: {
  config: GateConfig;
  world: GateContext;
  result: RunResult;
  verdict: Verdict;
  past: Past;
  /** Of a search for the largest load. */
  capacity?: Capacity | null;
}): Promise<SavedBaseline> {
  const { store, origin } = world;
  if (!store || store.kind === "none") return { saved: false, whyNot: null };
  if (!isWorthKeeping({ config, verdict, ownsBaseline: origin.ownsBaseline })) return { saved: false, whyNot: null };
  if (past.unreachable) {
    return { saved: false, whyNot: "the baseline was not saved: its store did not answer when it was read" };
  }
  if (headGone(result)) return { saved: false, whyNot: "the baseline was not saved: the target stopped answering" };
  const measured = capacity ? capacityRecord({ config, result, capacity }) : recordOf(result);
  if (measured === null) {
    return { saved: false, whyNot: "the search ended before the target's limit was found, so there is none to keep" };
  }
  const what = config.settings.mode === "baseline" ? [] : regressedNames(verdict);
  const record = what.length === 0 ? measured : { ...measured, regressed: { what, ofBranch: origin.ownsBaseline } };
  // A baseline is worth no verdict: whatever becomes of it, the run is judged and told.
  const saved = await inTime(save({ config, store, record }), world).catch(
    (error: unknown): Saved => ({ is: "unsaved", reason: "failed", why: messageOf(error) }),
  );
  if (saved.is === "saved") {
    if (what.length > 0) world.log(redIsKept);
    world.log(`baseline: this run is kept (${saved.runs} ${saved.runs === 1 ? "run" : "runs"} in ${saved.where})`);
    return { saved: true, whyNot: null };
  }
  const whyNot = `the baseline was not saved: ${saved.why}${saved.remedy ? `; ${saved.remedy}` : ""}`;
  world.log(whyNot);
  return { saved: false, whyNot };
}

const redIsKept =
  "baseline: this run is red, so later runs are not compared with it until `mode: baseline` accepts its level, or three red runs in a row agree on it";

/** What of a verdict makes its run one that is not learnt from. A waiver forgives a regression; it is one all the same. */
function regressedNames({ comparisons }: Verdict): string[] {
  return comparisons
    .filter(({ outcome, metric }) => outcome === "regressed" && metric !== "capacity")
    .map(({ endpoint, metric }) => (endpoint ? `${endpointLabel(endpoint)} ${metric}` : metric))
    .slice(0, mostNamed);
}

/** A store that does not answer keeps nobody from being told the verdict. */
const patienceMs = 60_000;

async function inTime(saving: Promise<Saved>, { clock }: GateContext): Promise<Saved> {
  const done = new AbortController();
  const why = `its store did not answer within ${patienceMs / 1000} s`;
  const late = clock.sleep(patienceMs, done.signal).then((): Saved => ({ is: "unsaved", reason: "failed", why }));
  try {
    return await Promise.race([saving, late]);
  } finally {
    done.abort();
  }
}

/** Null where what held says more of the generator, or of the time there was, than of the target. */
function capacityRecord({
  config,
  result,
  capacity,
}: {
  config: GateConfig;
  result: RunResult;
  capacity: Capacity;
}): BaselineRecord | null {
  const held = heldStep(capacity);
  if (!held || (capacity.end !== "bracketed" && capacity.end !== "cap")) return null;
  return {
    ...recordOf(result),
    profile: searchProfile(config, result.meta.profile),
    capacity: { load: held.load, isLowerBound: isLowerBound(capacity) },
  };
}
