import { parseCellKey } from "../stats/endpoint.ts";
import type { LoadProfile, Machine, RunResult } from "../stats/run-result.ts";
import { addCells } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import type { PastEndpoint, PastRun } from "./history.ts";

/** The head of a result in the form stored runs have: judged blocks added up, one coarse histogram per endpoint. */
export function runOfResult({ meta, blocks }: RunResult): PastRun {
  const endpoints: PastEndpoint[] = [];
  for (const [key, stats] of addCells(blocks.filter(isJudged).map((block) => block.cells))) {
    const { arm, endpoint } = parseCellKey(key);
    if (arm !== "head") continue;
    const { requests, failures, comparable } = stats;
    endpoints.push({ endpoint, requests, failures, latencies: comparable.coarser(2) });
  }
  return {
    commit: meta.commit,
    startedAt: meta.startedAt,
    machine: machineText(meta.machine),
    profile: profileText(meta.profile),
    locustfileHash: meta.locustfileHash,
    measurement: meta.measurement,
    pinned: false,
    endpoints,
  };
}

/** What makes two machines the same kind: hosted runners differ in their processors from job to job. */
export function machineText({ cpuModel, cores, os }: Pick<Machine, "cpuModel" | "cores" | "os">): string {
  return `${cpuModel} × ${cores}, ${os}`;
}

/** Everything of a load profile that changes what is measured. */
export function profileText(profile: LoadProfile): string {
  const sorted = (list: readonly string[]) => [...list].sort();
  return JSON.stringify([
    profile.users,
    profile.spawnRate,
    profile.runTimeMs,
    profile.requests,
    profile.arrivalRate,
    profile.shape,
    sorted(profile.userClasses),
    sorted(profile.tags),
    sorted(profile.excludeTags),
  ]);
}
