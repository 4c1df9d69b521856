import { joined, ours, type Sentence, say } from "../../base/sentence.ts";
import { seconds } from "../../base/units.ts";
import { type Arm, parseCellKey } from "../../stats/endpoint.ts";
import type { FailureKind } from "../../stats/failures.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { isJudged } from "../../stats/summary.ts";
import { reason, reasonTable } from "../reasons.ts";
import type { Reason } from "../verdict.ts";
import { isLasting, silenceOf } from "./silence.ts";

/** Nobody answered: not the same as a bad answer, nor as a late one. */
const unreachable: ReadonlySet<FailureKind> = new Set<FailureKind>(["connect", "dns", "tls", "reset"]);
const endMs = 10_000;
const goneShare = 0.9;
const fewestRequests = 5;

/** What became of each arm's target at the end of the run; nothing of one that still answered. */
export interface Gone {
  readonly head: Sentence | null;
  readonly base: Sentence | null;
}

/** Which targets were gone when the run ended: nobody could be reached, or no answer came any more. */
export function goneOf(result: RunResult): Gone {
  return { head: goneArm(result, "head"), base: goneArm(result, "base") };
}

/**
 * Why a run cannot be judged as its target went away; null where it did not, or where only the head of a pair did. A
 * silence that ended again is no such thing: it is judged as the waits it was.
 */
export function targetGone(result: RunResult): Reason | null {
  const { head, base } = goneOf(result);
  const isHeadAlone = head !== null && base === null && isPaired(result);
  const messages = [isHeadAlone ? null : head, base].filter((message) => message !== null);
  return messages.length === 0 ? null : reason("target-gone", joined(messages, " "));
}

/** The head went away and the base beside it did not: what the head has that the base has not is to blame. */
export function headGone(result: RunResult): Reason | null {
  const { head, base } = goneOf(result);
  if (head === null || base !== null || !isPaired(result)) return null;
  return reason(
    "regression",
    say`${head} The base beside it answered all it was asked.`,
    ours(reasonTable["target-gone"].remedy),
  );
}

function isPaired({ meta, blocks }: RunResult): boolean {
  return (
    meta.baseHost !== null || blocks.some(({ cells }) => cells.keys().some((key) => parseCellKey(key).arm === "base"))
  );
}

function goneArm(result: RunResult, arm: Arm): Sentence | null {
  const whose = arm === "base" ? "The base" : isPaired(result) ? "The head" : "The target";
  return silent(result, { arm, whose }) ?? unreached(result, { arm, whose });
}

function silent({ blocks, meta }: RunResult, { arm, whose }: { arm: Arm; whose: string }): Sentence | null {
  const silence = silenceOf(blocks, arm);
  if (!silence || !isLasting(silence)) return null;
  const { sinceMs, silentMs, inFlight } = silence;
  const when = `${seconds(sinceMs)} after the start${clockTime(meta.startedAt, sinceMs)}`;
  const what =
    sinceMs === 0
      ? `${whose} never answered`
      : `${whose} stopped answering ${when} and did not answer again before the run ended`;
  const asked = inFlight === 1 ? "a request was" : `up to ${inFlight} requests were`;
  return ours(`${what}: ${asked} in flight for ${seconds(silentMs)} without a byte of an answer.`);
}

/** ` (10:13:15 UTC)`: what the target's log is looked through for. */
function clockTime(startedAt: string, afterMs: number): string {
  const startedMs = Date.parse(startedAt);
  return Number.isNaN(startedMs) ? "" : ` (${new Date(startedMs + afterMs).toISOString().slice(11, 19)} UTC)`;
}

function unreached({ blocks }: RunResult, { arm, whose }: { arm: Arm; whose: string }): Sentence | null {
  const judged = blocks.filter(isJudged);
  const end = judged.slice(-Math.min(endMs / blockMs, Math.max(1, Math.ceil(judged.length / 4))));
  const atEnd = tally(end, arm);
  if (atEnd.requests < fewestRequests || atEnd.unreached < goneShare * atEnd.requests) return null;
  const all = tally(judged, arm);
  return all.unreached >= goneShare * all.requests
    ? say`${ours(whose)} could not be reached: ${all.unreached} of ${all.requests} requests got no connection (${atEnd.example}).`
    : say`${ours(whose)} went away: of the last ${atEnd.requests} requests (${ours(seconds(end.length * blockMs))}), ${atEnd.unreached} got no connection (${atEnd.example}).`;
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
