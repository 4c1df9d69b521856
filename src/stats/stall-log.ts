import type { Sample } from "./sample.ts";

/** Shorter ones are part of every event loop's life, and of every latency. */
export const shortestStallMs = 100;
/** A stall bends a latency that is at most so many times as long as it. */
const bendsUpTo = 20;
/** Stalls remembered; a request that outlives more of them has waited for longer than any is judged. */
const stallsKept = 64;

/** Moments in which the event loop stood still, so that what came then was noticed late. */
export interface StallLog {
  /** Quick and never wrongly false: whether a sample that ended just now may have met one. */
  mayBend(sample: Sample): boolean;
  /**
   * How much of this latency the event loop stood still, milliseconds; 0 where that is too little to have bent it. Asked
   * when the sample ends.
   */
  bentByMs(sample: { readonly startMs: number; readonly latencyMs: number }): number;
}

/** Where nobody watches the event loop. */
export const noStalls: StallLog = { mayBend: () => false, bentByMs: () => 0 };

/** Keeps the last stalls, as a ticking timer finds them. */
export class TickedStalls implements StallLog {
  readonly #tickMs: number;
  readonly #stalls: { readonly fromMs: number; readonly untilMs: number }[] = [];
  #lastTickMs: number;
  #lastEndMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param tickMs how often `tick` is due */
  constructor({ tickMs, nowMs }: { tickMs: number; nowMs: number }) {
    this.#tickMs = tickMs;
    this.#lastTickMs = nowMs;
  }

  /** Stalls so far. */
  get count(): number {
    return this.#count;
  }

  /** The timer ran. @returns how long the event loop stood still before, 0 if it did not */
  tick(nowMs: number): number {
    const dueMs = this.#lastTickMs + this.#tickMs;
    this.#lastTickMs = nowMs;
    if (nowMs - dueMs <= shortestStallMs) return 0;
    this.#count++;
    this.#lastEndMs = nowMs;
    this.#stalls.push({ fromMs: dueMs, untilMs: nowMs });
    if (this.#stalls.length > stallsKept) this.#stalls.shift();
    return nowMs - dueMs;
  }

  mayBend({ intendedMs, latencyMs }: Sample): boolean {
    if (latencyMs === null) return false;
    return intendedMs < this.#lastEndMs || intendedMs + latencyMs > this.#lastTickMs + this.#tickMs + shortestStallMs;
  }

  bentByMs({ startMs, latencyMs }: { readonly startMs: number; readonly latencyMs: number }): number {
    const endMs = startMs + latencyMs;
    let stalledMs = 0;
    for (const { fromMs, untilMs } of this.#stalls) {
      stalledMs += Math.max(0, Math.min(endMs, untilMs) - Math.max(startMs, fromMs));
    }
    // A stall that the timer has not found yet: what it is late for is running in front of it.
    const dueMs = this.#lastTickMs + this.#tickMs;
    if (endMs - dueMs > shortestStallMs) stalledMs += endMs - Math.max(startMs, dueMs);
    return latencyMs <= bendsUpTo * stalledMs ? stalledMs : 0;
  }
}
