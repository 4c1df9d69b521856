import type { Clock } from "../../base/clock.ts";
import { lateMs } from "../../user/waiting/pace.ts";

/** What our own timers may be late by: that is not the target's doing, and not added to a latency. */
const timerMs = 2;

/** A user that is free and waits for an iteration. */
type Waiter = (intendedMs: number | undefined) => void;

/**
 * The open model's schedule in one thread: iterations are due at even distances whatever the answers do. Who has been
 * free longest takes the place that is due next; where nobody is free the place waits, and its iteration starts late.
 * Nobody holds a place before it is due, so that who is stopped while waiting takes none away.
 */
export class Arrivals {
  readonly #clock: Clock;
  readonly #firstMs: number;
  readonly #intervalMs: number;
  readonly #late: () => void;
  /** The place to be taken next. */
  #next = 0;
  /** In the order of coming. */
  readonly #waiters = new Set<Waiter>();
  /** Ends the sleep until the next place; absent while nobody waits. */
  #sleeping: AbortController | undefined;

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

  get #dueMs(): number {
    return this.#firstMs + this.#next * this.#intervalMs;
  }

  /**
   * Waits for a place. The intended start of the iteration, milliseconds on the clock; undefined if `signal` aborted
   * first.
   */
  take(signal: AbortSignal): Promise<number | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const forget = () => {
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) this.#sleeping?.abort();
        waiter(undefined);
      };
      const waiter: Waiter = (intendedMs) => {
        signal.removeEventListener("abort", forget);
        resolve(intendedMs);
      };
      signal.addEventListener("abort", forget);
      this.#waiters.add(waiter);
      if (!this.#sleeping) void this.#serve();
    });
  }

  /** Gives every place, when it is due, to the first in the queue, as long as there is one. */
  async #serve(): Promise<void> {
    const sleeping = new AbortController();
    this.#sleeping = sleeping;
    while (!sleeping.signal.aborted) {
      for (const waiter of this.#waiters) {
        if (this.#dueMs > this.#clock.now()) break;
        this.#waiters.delete(waiter);
        waiter(this.#start());
      }
      if (this.#waiters.size === 0) break;
      await this.#clock.sleep(this.#dueMs - this.#clock.now(), sleeping.signal);
    }
    if (this.#sleeping === sleeping) this.#sleeping = undefined;
    // Somebody came between the last to go and this.
    if (!this.#sleeping && this.#waiters.size > 0) void this.#serve();
  }

  /** Takes the next place, which is due. */
  #start(): number {
    const dueMs = this.#dueMs;
    this.#next++;
    const nowMs = this.#clock.now();
    if (nowMs - dueMs > lateMs) this.#late();
    return nowMs - dueMs <= timerMs ? nowMs : dueMs;
  }

  /** Places that were due before `nowMs` and that nobody has taken. */
  waiting(nowMs: number): number {
    return Math.max(0, Math.floor((nowMs - lateMs - this.#dueMs) / this.#intervalMs) + 1);
  }
}
