import type { Clock } from "../base/clock.ts";
import { GateError } from "../base/errors.ts";
import type { Baseline } from "../baseline/baseline.ts";
import type { BaselineStore, Loaded } from "../baseline/store.ts";
import type { GateConfig } from "../config/gate-config.ts";
import type { GateContext } from "./gate-context.ts";
import { comparingOf } from "./question.ts";

/** What is remembered of earlier runs, before it is known which of them this run may be compared with. */
export interface Past {
  /** Whether this run was to be compared with stored ones at all. */
  readonly wanted: boolean;
  /** `file`, `artifact`, …; null where nothing was asked. */
  readonly store: string | null;
  readonly baseline: Baseline | null;
  /** Why there is nothing to compare with; null where there is. */
  readonly whyNot: string | null;
  /** The store did not answer: what it holds is not known, so that nothing is added to it. */
  readonly unreachable?: boolean;
}

/** Nobody waits longer for a store; the load goes on meanwhile. */
const patienceMs = 30_000;

/**
 * Reads the baseline. One that is there and cannot be read is an error: a run that went on without it would look like a
 * first run, and would overwrite it. A store that does not answer is none: the run is judged by its promises, which is
 * reported at once, and adds nothing to the store.
 */
export async function loadBaseline({ settings }: GateConfig, { store, clock }: GateContext): Promise<Past> {
  const none = (wanted: boolean, whyNot: string | null): Past => ({
    wanted,
    store: store?.kind ?? null,
    baseline: null,
    whyNot,
  });
  if (settings.mode === "baseline") return none(false, "this run only records (mode: baseline)");
  if (settings.shard !== null) return none(false, "a shard is compared with nothing; all of them together are");
  const comparing = comparingOf({ settings });
  if (comparing === "side-by-side") return none(false, null);
  if (comparing === "none") return none(false, "comparing is switched off (compare: none)");
  if (!store) return none(false, "there is no baseline store");
  const loaded = await loadedInTime(store, { name: settings.name, clock });
  switch (loaded.is) {
    case "found":
      return { wanted: true, store: store.kind, baseline: loaded.baseline, whyNot: null };
    case "absent":
    case "expired":
      return none(true, loaded.why);
    case "forbidden":
      return none(true, `${loaded.why}; ${loaded.remedy}`);
    case "unreadable":
      if (loaded.unreachable) return { ...none(true, loaded.why), unreachable: true };
      throw new GateError("baseline-unreadable", loaded.why, { hint: remedyOf(loaded.is, store.kind) });
    case "newer":
      throw new GateError("baseline-newer", loaded.why, { hint: remedyOf(loaded.is, store.kind) });
  }
}

async function loadedInTime(
  store: BaselineStore,
  { name, clock }: { readonly name: string; readonly clock: Clock },
): Promise<Loaded> {
  const done = new AbortController();
  const why = `the baseline store (${store.kind}) did not answer within ${patienceMs / 1000} s`;
  const late = clock.sleep(patienceMs, done.signal).then((): Loaded => ({ is: "unreadable", why, unreachable: true }));
  try {
    return await Promise.race([store.load(name), late]);
  } finally {
    done.abort();
  }
}

function remedyOf(is: "unreadable" | "newer", kind: BaselineStore["kind"]): string {
  const left = "it is left as it is";
  if (is === "newer") {
    const elsewhere = kind === "file" ? "another baseline-path" : "another name";
    return `use the version of swarmgate that wrote it, or ${elsewhere}; ${left}`;
  }
  if (kind === "file") return `restore it from where it is kept, or delete it to begin anew; ${left}`;
  return `if the service was down, run this again; otherwise delete it to begin anew, or set compare: none; ${left}`;
}
