import type { Clock } from "../base/clock.ts";

/** Later than this, and an iteration counts as started late. */
const lateMs = 5;
/** What our own timers may be late by: that is not the target's doing, and not added to a latency. */
const timerMs = 2;

/**
 * The open model's schedule in one thread: iterations are due at even distances whatever the answers do. Whoever is
 * free takes the next place and waits for it; where nobody is free the place waits, and its iteration starts late.
 */
export class Arrivals {
  readonly #clock: Clock;
  readonly #firstMs: number;
  readonly #intervalMs: number;
  readonly #late: () => void;
  #next = 0;

  /**
   * @param share.thread this thread's number: threads take turns, so that all together keep even distances
   * @param share.perSecond iterations per second of all threads
   */
  constructor(options: {
    clock: Clock;
    startedAtMs: number;
    share: { thread: number; threads: number; perSecond: number };
    late: () => void;
  }) {
    const { thread, threads, perSecond } = options.share;
    this.#clock = options.clock;
    this.#intervalMs = (1000 / perSecond) * threads;
    this.#firstMs = options.startedAtMs + (1000 / perSecond) * thread;
    this.#late = options.late;
  }

  #dueMs(place: number): number {
    return this.#firstMs + place * this.#intervalMs;
  }

  /**
   * Takes the next place and waits until it is due. The intended start of the iteration, milliseconds on the clock;
   * undefined if `signal` aborted first.
   */
  async take(signal: AbortSignal): Promise<number | undefined> {
    const dueMs = this.#dueMs(this.#next++);
    await this.#clock.sleep(dueMs - this.#clock.now(), signal);
    if (signal.aborted) return undefined;
    const nowMs = this.#clock.now();
    if (nowMs - dueMs > lateMs) this.#late();
    return nowMs - dueMs <= timerMs ? nowMs : dueMs;
  }

  /** Places that were due before `nowMs` and that nobody has taken. */
  waiting(nowMs: number): number {
    return Math.max(0, Math.floor((nowMs - lateMs - this.#dueMs(this.#next)) / this.#intervalMs) + 1);
  }
}
