import { laterBy } from "../../stats/liveness.ts";
import type { RunResult, UserTrouble } from "../../stats/run-result.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { summarize } from "../../stats/summary.ts";

/**
 * A run and its confirmation as one result: block numbers go on, troubles add up, what was judged stays judged.
 */
export function appendRun(first: RunResult, second: RunResult): RunResult {
  const next = (first.blocks.at(-1)?.block ?? -1) + 1;
  const blocks = [...first.blocks, ...second.blocks.map((block) => later(block, next))];
  const known = new Set(first.warnings.map(({ message }) => message));
  return {
    ...first,
    meta: { ...first.meta, endedAt: second.meta.endedAt },
    blocks,
    summary: summarize(blocks),
    trouble: addTroubles(first.trouble, second.trouble),
    warnings: [...first.warnings, ...second.warnings.filter(({ message }) => !known.has(message))],
    interrupted: first.interrupted || second.interrupted,
  };
}

/** The same block so many blocks later. */
function later(block: Block, by: number): Block {
  const { liveness } = block;
  return { ...block, block: block.block + by, ...(liveness && { liveness: laterBy(liveness, by * blockMs) }) };
}

function addTroubles(first: UserTrouble, second: UserTrouble): UserTrouble {
  return {
    deadInOnStart: first.deadInOnStart + second.deadInOnStart,
    peakUsers: Math.min(first.peakUsers, second.peakUsers),
    targetUsers: first.targetUsers,
    killed: first.killed + second.killed,
    retiredPairs: first.retiredPairs + second.retiredPairs,
    missingAwaits: added([...first.missingAwaits, ...second.missingAwaits], ({ task, place }) => `${task} ${place}`),
    exceptions: added([...first.exceptions, ...second.exceptions], ({ task, message }) => `${task} ${message}`),
    forbiddenHosts: added([...first.forbiddenHosts, ...second.forbiddenHosts], ({ host }) => host),
    processExitCode: first.processExitCode ?? second.processExitCode,
  };
}

/** One of each kind, with the counts of all. */
export function added<T extends { readonly count: number }>(all: readonly T[], keyOf: (one: T) => string): T[] {
  const sums = new Map<string, T>();
  for (const one of all) {
    const known = sums.get(keyOf(one));
    sums.set(keyOf(one), known ? { ...known, count: known.count + one.count } : one);
  }
  return [...sums.values()];
}
