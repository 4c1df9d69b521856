import type { Arm } from "../../stats/endpoint.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";

/** Moments without an answer at the end of a run. */
export interface Silence {
  /** When the last answer came, or a piece of one: milliseconds from the start signal, to half a second; 0 if none did. */
  readonly sinceMs: number;
  /** How long it was listened for in vain: our own event loop ran, and a request was in flight. */
  readonly silentMs: number;
  /** Requests that were in flight at once, at the most. */
  readonly inFlight: number;
  /** From which length on a silence is one that a target which still works would have broken. */
  readonly patienceMs: number;
}

/** Whether a silence is so long that a target which still works would have broken it. */
export function isLasting({ silentMs, patienceMs }: Silence): boolean {
  return silentMs >= patienceMs;
}

/**
 * The silence an arm's run ended in; null where the last block had an answer, or nobody listened. A request counts that
 * began after the last answer: one that hangs alone while others are answered says nothing of the target.
 */
export function silenceOf(blocks: readonly Block[], arm: Arm): Silence | null {
  const last = blocks.findLastIndex(({ liveness }) => (liveness?.[arm]?.answers ?? 0) > 0);
  const lastAnswer = blocks[last];
  const beginsMs = lastAnswer === undefined ? 0 : lastAnswer.block * blockMs;
  const silent = blocks.slice(last + 1).flatMap(({ liveness }) => {
    const heard = liveness?.[arm];
    return heard && heard.inFlight > 0 && heard.youngestMs >= beginsMs ? [heard] : [];
  });
  if (silent.length === 0) return null;
  return {
    sinceMs: lastAnswer === undefined ? 0 : beginsMs + blockMs,
    silentMs: silent.length * blockMs,
    inFlight: Math.max(...silent.map(({ inFlight }) => inFlight)),
    patienceMs: Math.max(...silent.map(({ patienceMs }) => patienceMs)),
  };
}
