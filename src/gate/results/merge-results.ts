import { type Problem, UsageError } from "../../base/errors.ts";
import { normalizeMessage } from "../../stats/failures.ts";
import type { LoadProfile, RunMeta, RunResult, UserTrouble, Warning } from "../../stats/run-result.ts";
import { addSnapshots, type Block, type Phase } from "../../stats/snapshot.ts";
import { summarize } from "../../stats/summary.ts";
import { added } from "./append-run.ts";

/** A result and what to call it in an error: its file. */
export interface NamedResult {
  readonly source: string;
  readonly result: RunResult;
}

/**
 * The shards of one run as one result: blocks of one number add up, users and rates are summed. Throws UsageError
 * `results-differ` naming everything in which they do not fit together.
 */
export function mergeResults(parts: readonly NamedResult[]): RunResult {
  const [first] = parts;
  if (!first) throw new UsageError([{ where: "merge", message: "there is no result to merge" }]);
  const problems = [...misfits(parts), ...missing(parts)];
  if (problems.length > 0) throw new UsageError(problems, "results-differ");
  const results = parts.map(({ result }) => result);
  const blocks = mergedBlocks(results);
  return {
    schema: first.result.schema,
    meta: mergedMeta(results.map(({ meta }) => meta)),
    blocks,
    summary: summarize(blocks),
    trouble: mergedTrouble(results.map(({ trouble }) => trouble)),
    warnings: distinct(results.flatMap(({ warnings }) => warnings)),
    interrupted: results.some(({ interrupted }) => interrupted),
  };
}

/** What all shards of a run have in common, by the words of an error. */
const shared: readonly (readonly [what: string, of: (meta: RunMeta) => unknown])[] = [
  ["name", ({ name }) => name],
  ["version of the measurement", ({ measurement }) => measurement],
  ["host", ({ host }) => host],
  ["base host", ({ baseHost }) => baseHost],
  ["commit", ({ commit }) => commit],
  ["locustfile", ({ locustfile }) => locustfile],
  ["locustfile's content", ({ locustfileHash }) => locustfileHash.slice(0, 12)],
  ["run time", ({ profile }) => profile.runTimeMs],
  ["turns of the arms", ({ interleave }) => interleave ?? "requests"],
  ["load shape", ({ profile }) => profile.shape],
  ["user classes", ({ profile }) => profile.userClasses.join(" ")],
  ["tags", ({ profile }) => profile.tags.join(" ")],
  ["excluded tags", ({ profile }) => profile.excludeTags.join(" ")],
];

function misfits(parts: readonly NamedResult[]): Problem[] {
  const [first, ...others] = parts as [NamedResult, ...NamedResult[]];
  return others.flatMap(({ source, result }, at) => {
    const twin = parts.slice(0, at + 1).find((earlier) => isSameRun(earlier.result, result));
    if (twin) return [{ where: source, message: `is the same run as ${twin.source}: it would be counted twice` }];
    return shared.flatMap(([what, of]): Problem[] => {
      const [here, there] = [of(result.meta), of(first.result.meta)];
      if (here === there) return [];
      return [{ where: source, message: `its ${what} is ${shown(here)}, that of ${first.source} ${shown(there)}` }];
    });
  });
}

/** A load that lacks a shard is not the load that was asked for. */
function missing(parts: readonly NamedResult[]): Problem[] {
  const shards = parts.flatMap(({ source, result }) => (result.meta.shard ? [{ source, ...result.meta.shard }] : []));
  const [first] = shards;
  if (!first) return [];
  if (shards.length < parts.length)
    return [{ where: "merge", message: "some of the results are shards, some are not" }];
  const other = shards.find(({ of }) => of !== first.of);
  if (other)
    return [{ where: other.source, message: `is one of ${other.of} shards, ${first.source} one of ${first.of}` }];
  return Array.from({ length: first.of }, (_, i) => i + 1).flatMap((index): Problem[] => {
    const there = shards.filter((shard) => shard.index === index);
    if (there.length === 1) return [];
    const what = there.length === 0 ? "is missing" : `is there ${there.length} times`;
    return [{ where: "merge", message: `shard ${index} of ${first.of} ${what}` }];
  });
}

function shown(value: unknown): string {
  return value === null || value === "" ? "not set" : `"${value}"`;
}

function isSameRun(a: RunResult, b: RunResult): boolean {
  const key = ({ meta, summary }: RunResult) =>
    JSON.stringify([meta.startedAt, meta.endedAt, meta.seed, summary.totals]);
  return key(a) === key(b);
}

/** Blocks are known by their number: what one shard does not have is another's alone. */
function mergedBlocks(results: readonly RunResult[]): Block[] {
  const byNumber = new Map<number, Block>();
  for (const [shard, { blocks }] of results.entries()) {
    for (const block of blocks) {
      const known = byNumber.get(block.block);
      const mine = { ...block, health: { ...block.health, threads: named(block, shard) } };
      const phase = known ? unjudgedFirst(known.phase, block.phase) : block.phase;
      byNumber.set(block.block, known ? { ...addSnapshots(known, mine), phase } : mine);
    }
  }
  return [...byNumber.values()].sort((a, b) => a.block - b.block);
}

function named({ health }: Block, shard: number) {
  return health.threads.map((thread) => ({ ...thread, thread: `${shard + 1}/${thread.thread}` }));
}

const order: readonly Phase[] = ["ramp", "warm-up", "tail", "confirmation", "extension", "steady"];

/** A block that one shard does not judge is judged by none: its users were not all there. */
function unjudgedFirst(a: Phase, b: Phase): Phase {
  return order.indexOf(a) <= order.indexOf(b) ? a : b;
}

function mergedMeta(metas: readonly RunMeta[]): RunMeta {
  const first = metas[0] as RunMeta;
  const total = (of: (meta: RunMeta) => number) => metas.reduce((sum, meta) => sum + of(meta), 0);
  const totalOrNull = (of: (profile: LoadProfile) => number | null) => {
    const values = metas.map(({ profile }) => of(profile)).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  };
  const { shard: _, ...whole } = first;
  return {
    ...whole,
    startedAt: metas.map(({ startedAt }) => startedAt).sort()[0] as string,
    endedAt: metas
      .map(({ endedAt }) => endedAt)
      .sort()
      .at(-1) as string,
    threads: total(({ threads }) => threads),
    profile: {
      ...first.profile,
      users: total(({ profile }) => profile.users),
      spawnRate: total(({ profile }) => profile.spawnRate),
      requests: totalOrNull(({ requests }) => requests),
      arrivalRate: totalOrNull(({ arrivalRate }) => arrivalRate),
    },
  };
}

function mergedTrouble(troubles: readonly UserTrouble[]): UserTrouble {
  const total = (of: (trouble: UserTrouble) => number) => troubles.reduce((sum, trouble) => sum + of(trouble), 0);
  return {
    deadInOnStart: total(({ deadInOnStart }) => deadInOnStart),
    peakUsers: total(({ peakUsers }) => peakUsers),
    targetUsers: total(({ targetUsers }) => targetUsers),
    killed: total(({ killed }) => killed),
    retiredPairs: total(({ retiredPairs }) => retiredPairs),
    missingAwaits: added(
      troubles.flatMap(({ missingAwaits }) => missingAwaits),
      ({ task, place }) => `${task} ${place}`,
    ),
    exceptions: added(
      troubles.flatMap(({ exceptions }) => exceptions),
      ({ task, message }) => `${task} ${normalizeMessage(message)}`,
    ),
    forbiddenHosts: added(
      troubles.flatMap(({ forbiddenHosts }) => forbiddenHosts),
      ({ host }) => host,
    ),
    processExitCode: troubles.find(({ processExitCode }) => processExitCode)?.processExitCode ?? null,
  };
}

function distinct(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [warning.message, warning])).values()];
}
