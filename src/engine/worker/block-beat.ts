import type { Clock } from "../../base/clock.ts";
import { blockMs } from "../../stats/snapshot.ts";

/**
 * Calls `beat` once for every block that ended, soon after its end and in order. After a stall it catches up: no block
 * is passed over.
 */
export async function beatBlocks(options: {
  clock: Clock;
  startedAtMs: number;
  signal: AbortSignal;
  /** @param ended numbers of the blocks that ended since the last beat */
  beat: (ended: readonly number[]) => void;
}): Promise<void> {
  const { clock, startedAtMs, signal, beat } = options;
  for (let next = 0; !signal.aborted; ) {
    await clock.sleep(startedAtMs + (next + 1) * blockMs - clock.now(), signal);
    if (signal.aborted) return;
    const ended: number[] = [];
    while (startedAtMs + (next + 1) * blockMs <= clock.now()) ended.push(next++);
    if (ended.length > 0) beat(ended);
  }
}
