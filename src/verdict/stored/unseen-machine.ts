import { type Sentence, saidOf, say } from "../../base/sentence.ts";
import { machineKind } from "../../baseline/usable.ts";
import type { Comparison } from "../comparison.ts";
import type { PastRun } from "./history.ts";

/** Stored runs of the new run's machine, and those of every other one. A run that names none has the new run's. */
export function byMachine(
  runs: readonly PastRun[],
  current: PastRun,
): { readonly own: readonly PastRun[]; readonly elsewhere: readonly (readonly PastRun[])[] } {
  const kindOf = ({ machine = current.machine }: PastRun) => (machine ? machineKind(machine) : "");
  const groups = Map.groupBy(runs, kindOf);
  const here = kindOf(current);
  return {
    own: groups.get(here) ?? [],
    elsewhere: [...groups].filter(([kind]) => kind !== here).map(([, group]) => group),
  };
}

/** Why latencies cannot be judged where no stored run was measured on this machine. */
export function unseenMachine(machine: PastRun["machine"]): Sentence {
  const name = machine ? machineKind(machine) : "this one";
  return say`no stored run was measured on this machine (${name}): what looks slower or faster may be the machine`;
}

/** A latency that was measured and cannot be judged. */
export function undecidedBy(
  { change, ...rest }: Omit<Comparison, "p" | "smallestDetectable" | "outcome">,
  why: Sentence,
): Comparison {
  return {
    ...rest,
    change: change && { estimate: change.estimate, low: null, high: null },
    p: null,
    smallestDetectable: null,
    outcome: "inconclusive",
    unseenMachine: true,
    warnings: [why.text, ...rest.warnings],
    said: [...saidOf(why), ...(rest.said ?? [])],
    explanation: [],
  };
}
