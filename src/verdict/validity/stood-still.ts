import { ours, say } from "../../base/sentence.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { addCells } from "../../stats/snapshot.ts";
import { shortestStallMs } from "../../stats/stall-log.ts";
import { isJudged } from "../../stats/summary.ts";
import { reason } from "../reasons.ts";
import type { Reason } from "../verdict.ts";

/** Of the requests, kept out of what is judged: what is left is a choice, and not the target's. */
const mostLeftOut = 0.2;
/** A thread that is busy for less of the time than this has been stopped by something else. */
const idleThread = 0.25;

/** Requests that were under way while the load generator stood still, and all of them. */
export function stalledRequests({ blocks }: RunResult): { readonly stalled: number; readonly requests: number } {
  let [stalled, requests] = [0, 0];
  for (const stats of addCells(blocks.filter(isJudged).map(({ cells }) => cells)).values()) {
    stalled += stats.stalled?.count ?? 0;
    requests += stats.requests;
  }
  return { stalled, requests };
}

/**
 * The load generator stood still so often that too few requests are left to judge; null otherwise. The delay of its
 * event loop need not show it: of a thousand turns a second, one that takes half of it is beyond the p99.
 */
export function stoodStill(result: RunResult): Reason | null {
  const { stalled, requests } = stalledRequests(result);
  if (stalled <= mostLeftOut * requests) return null;
  const message =
    `The load generator stood still for over ${shortestStallMs} ms at a time: ${stalled} of ${requests} requests were ` +
    "under way then, and the rest is too little to judge.";
  if (isOwnDoing(result)) {
    return reason(
      "saturated",
      ours(message),
      say`Look for code of the locustfile that computes for long; use fewer users, or more \`threads\`.`,
    );
  }
  return reason(
    "machine-busy",
    say`${ours(message)} The generator itself had little to do.`,
    say`Run it again on a machine that does nothing else.`,
  );
}

/** Whether the threads were busy themselves, on average. */
function isOwnDoing({ blocks }: RunResult): boolean {
  const threads = blocks.filter(isJudged).flatMap(({ health }) => health.threads);
  const sum = threads.reduce((all, { utilization }) => all + utilization, 0);
  return threads.length > 0 && sum / threads.length >= idleThread;
}
