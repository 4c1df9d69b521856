import { type Arm, parseCellKey } from "../stats/endpoint.ts";
import type { FailureKind } from "../stats/failures.ts";
import type { RunResult } from "../stats/run-result.ts";
import { type Block, blockMs } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import type { Reason } from "./verdict.ts";

/** Nobody answered: not the same as a bad answer, nor as a late one. */
const unreachable: ReadonlySet<FailureKind> = new Set<FailureKind>(["connect", "dns", "tls", "reset"]);
const endMs = 10_000;
const goneShare = 0.9;
const fewestRequests = 5;

/** Whether the target could no longer be reached when the run ended, or hardly ever. */
export function targetGone({ blocks }: RunResult): Reason | null {
  const judged = blocks.filter(isJudged);
  const end = judged.slice(-Math.min(endMs / blockMs, Math.max(1, Math.ceil(judged.length / 4))));
  for (const arm of ["head", "base"] as const) {
    const atEnd = tally(end, arm);
    if (atEnd.requests < fewestRequests || atEnd.unreached < goneShare * atEnd.requests) continue;
    const all = tally(judged, arm);
    const whose = arm === "base" ? "The base" : "The target";
    const always = all.unreached >= goneShare * all.requests;
    const message = always
      ? `${whose} could not be reached: ${all.unreached} of ${all.requests} requests found nobody (${atEnd.example}).`
      : `${whose} went away: of the last ${atEnd.requests} requests (${(end.length * blockMs) / 1000} s) ${atEnd.unreached} found nobody (${atEnd.example}).`;
    return {
      code: "target-gone",
      message,
      remedy: "Look at the target's own log: it may have crashed or been stopped; check `host` and `wait-for`.",
    };
  }
  return null;
}

function tally(blocks: readonly Block[], arm: Arm): { requests: number; unreached: number; example: string } {
  let requests = 0;
  let unreached = 0;
  let example = "";
  for (const block of blocks) {
    for (const [key, stats] of block.cells) if (parseCellKey(key).arm === arm) requests += stats.requests;
    for (const group of block.failures.groups.values()) {
      if (group.arm !== arm || !unreachable.has(group.kind)) continue;
      unreached += group.count;
      example ||= group.message;
    }
  }
  return { requests, unreached, example };
}
