import { noHealth } from "../../stats/health.ts";
import { addCells, blockMs, type Phase } from "../../stats/snapshot.ts";
import type { Progress } from "../plan/load-plan.ts";
import type { Blocks } from "./block-archive.ts";

/** Blocks the live rates and percentiles look back on: two seconds. */
const lookBack = 4;

/** How the run stands, with rates and percentiles of the blocks up to `last`. */
export function progressAt(
  last: number,
  from: {
    snapshots: Blocks;
    totals: { requests: number; failures: number };
    elapsedMs: number;
    phase: Phase;
    users: number;
    targetUsers: number;
    leftMs: number | null;
  },
): Progress {
  const recent = [];
  for (let block = Math.max(0, last - lookBack + 1); block <= last; block++) {
    const snapshot = from.snapshots.get(block);
    if (snapshot) recent.push(snapshot.cells);
  }
  const [first, ...others] = addCells(recent).values();
  const all = first && others.reduce((sum, stats) => sum.merge(stats), first);
  const seconds = (Math.min(lookBack, last + 1) * blockMs) / 1000;
  const latencies = all?.latencies;
  const timed = latencies !== undefined && latencies.count > 0;
  return {
    elapsedMs: from.elapsedMs,
    phase: from.phase,
    users: from.users,
    targetUsers: from.targetUsers,
    requests: from.totals.requests,
    failures: from.totals.failures,
    rps: (all?.requests ?? 0) / seconds,
    failuresPerSecond: (all?.failures ?? 0) / seconds,
    p50Ms: timed ? latencies.quantile(0.5) : null,
    p95Ms: timed ? latencies.quantile(0.95) : null,
    leftMs: from.leftMs,
    health: from.snapshots.get(last)?.health ?? noHealth,
  };
}
