import type { PastRun } from "./history.ts";
import type { Reason } from "./verdict.ts";

const mostRuns = 30;
/** With so many runs on the same kind of machine, others are left out. */
const enoughAlike = 8;

/** The stored runs a new one is held against. */
export interface PastWindow {
  /** Newest first. */
  readonly runs: readonly PastRun[];
  readonly warnings: readonly string[];
  /** Why there is nothing to compare with, or nothing comparable. */
  readonly finding: Reason | null;
}

/** Chooses: comparable runs only, pinned ones if there are any, the same machine first (SPEC 13.6). */
export function choosePast(current: PastRun, history: readonly PastRun[]): PastWindow {
  const warnings: string[] = [];
  const none = (finding: Reason): PastWindow => ({ runs: [], warnings, finding });
  if (history.length === 0) {
    return none({ code: "no-baseline", message: "There is no baseline yet; the promises alone were judged." });
  }
  const measured = history.filter(({ measurement }) => measurement === current.measurement);
  if (measured.length === 0) {
    const message = `The baseline's ${history.length} runs were measured another way (version ${history[0]?.measurement}, now ${current.measurement}).`;
    return none({ code: "inconclusive", message, remedy: "The next run on the default branch starts a new baseline." });
  }
  const alike = measured.filter(({ profile }) => profile === current.profile);
  if (alike.length === 0) {
    const message = `The baseline's ${measured.length} runs had another load profile, so nothing can be compared.`;
    return none({
      code: "inconclusive",
      message,
      remedy: "The next run on the default branch stores one for this load.",
    });
  }
  const newestFirst = [...alike].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const pinned = newestFirst.filter((run) => run.pinned);
  const candidates = pinned.length > 0 ? pinned : newestFirst;
  const sameMachine = candidates.filter(({ machine }) => machine === current.machine);
  const runs = (sameMachine.length >= enoughAlike ? sameMachine : candidates).slice(0, mostRuns);
  const foreign = runs.filter(({ machine }) => machine !== current.machine).length;
  if (foreign > 0) {
    const which = foreign === runs.length ? "all" : `${foreign} of ${runs.length}`;
    warnings.push(
      `${which} baseline runs were made on other machines (now ${current.machine}): their spread is part of the interval`,
    );
  }
  if (runs[0]?.locustfileHash !== current.locustfileHash)
    warnings.push("the locustfile has changed since the baseline");
  return { runs, warnings, finding: null };
}
