import type { Clock } from "../base/clock.ts";

/**
 * Lets at most `perSecond` requests start, evenly: each takes the next free place in time (the virtual scheduling form
 * of a leaky bucket, ITU-T I.371). A short burst may pass, so that a timer's millisecond costs no throughput.
 */
export class RateCap {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #burstMs: number;
  #nextMs = 0;
  #throttled = 0;

  constructor({ clock, perSecond, burstMs = 10 }: { clock: Clock; perSecond: number; burstMs?: number }) {
    this.#clock = clock;
    this.#intervalMs = 1000 / perSecond;
    this.#burstMs = burstMs;
  }

  /** Requests that had to start later. */
  get throttled(): number {
    return this.#throttled;
  }

  /** Undefined if a request may start at once, else when it may. */
  take(): Promise<void> | undefined {
    const nowMs = this.#clock.now();
    const placeMs = Math.max(this.#nextMs, nowMs - this.#burstMs);
    this.#nextMs = placeMs + this.#intervalMs;
    if (placeMs <= nowMs) return undefined;
    this.#throttled++;
    return this.#clock.sleep(placeMs - nowMs);
  }
}
