import { createHash } from "node:crypto";
import { endpointLabel, parseCellKey } from "../stats/endpoint.ts";
import type { RunResult } from "../stats/run-result.ts";
import { addCells, blockMs } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import type { BaselineRecord, RecordedEndpoint } from "./baseline.ts";
import { passesOf, passPercentiles } from "./pass-blocks.ts";

/** Endpoints kept of a run, the busiest first: a locustfile that names every URL must not fill the store. */
const endpointsKept = 500;

/** Longer names are whole URLs with their queries: no later run will have the same. */
const longestName = 1000;

/** A run reduced to what later runs are compared with: the judged blocks of the head arm. */
export function recordOf({ meta, blocks }: RunResult): BaselineRecord {
  const judged = blocks.filter(isJudged);
  const endpoints: RecordedEndpoint[] = [];
  const passes = passesOf(blocks);
  const percentiles = passes.length > 1 ? passPercentiles(passes) : new Map<string, never>();
  for (const [key, stats] of addCells(judged.map(({ cells }) => cells))) {
    const { arm, endpoint } = parseCellKey(key);
    if (arm !== "head" || endpoint.name.length > longestName) continue;
    const { requests, failures, timeout, comparable } = stats;
    endpoints.push({
      endpoint,
      requests,
      failures,
      timeouts: timeout.count,
      latencies: comparable.coarser(2),
      ...(percentiles.has(key) && { passes: percentiles.get(key) }),
    });
  }
  endpoints.sort((a, b) => b.requests - a.requests);
  const kept = endpoints.slice(0, endpointsKept).sort((a, b) => (label(a) < label(b) ? -1 : 1));
  const { commit, startedAt, machine, profile, locustfileHash, measurement, engine } = meta;
  const counts = kept.map((each) => [label(each), each.requests, each.failures]);
  return {
    id: createHash("sha256")
      .update(JSON.stringify([commit, startedAt, meta.seed, counts]))
      .digest("hex")
      .slice(0, 12),
    commit,
    startedAt,
    machine,
    profile,
    locustfileHash,
    measurement,
    engine,
    pinned: false,
    invalidated: null,
    markedAt: "",
    endpoints: kept,
    ...(passes.length > 1 && { passes: passes.length }),
    ...(judged.length > 0 && { judgedMs: judged.length * blockMs }),
  };
}

function label({ endpoint }: RecordedEndpoint): string {
  return endpointLabel(endpoint);
}
