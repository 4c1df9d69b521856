import type { Clock } from "../../base/clock.ts";
import { setTimeout } from "../../base/own-time.ts";

/** Something that ends at a deadline unless it is withdrawn first. The links belong to `Deadlines`. */
export interface Expiring {
  /** On the run's clock. */
  deadlineMs: number;
  queue: DeadlineQueue | undefined;
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  expire(): void;
}

/**
 * Deadlines of one thread. Requests of one timeout run out in the order they began, so each timeout has a list of its
 * own with one timer on its head; beginning and withdrawing only link and unlink the request itself. Measured against
 * a timer (or an AbortSignal) for every request: no allocation, 0.01 µs in place of 0.3 (2) µs.
 */
export class Deadlines {
  readonly #queues = new Map<number, DeadlineQueue>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `item.expire()` after `timeoutMs`, counted from `nowMs`, unless withdrawn. */
  begin(item: Expiring, { timeoutMs, nowMs }: { timeoutMs: number; nowMs: number }): void {
    let queue = this.#queues.get(timeoutMs);
    if (!queue) {
      queue = new DeadlineQueue(this.#clock);
      // A locustfile may compute its timeouts; lists that are empty need not stay.
      if (this.#queues.size > 100) this.#dropEmpty();
      this.#queues.set(timeoutMs, queue);
    }
    item.deadlineMs = nowMs + timeoutMs;
    queue.append(item);
  }

  withdraw(item: Expiring): void {
    item.queue?.remove(item);
  }

  #dropEmpty(): void {
    for (const [timeoutMs, queue] of this.#queues) if (!queue.first) this.#queues.delete(timeoutMs);
  }
}

class DeadlineQueue {
  first: Expiring | undefined;
  #last: Expiring | undefined;
  #armed = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  append(item: Expiring): void {
    item.queue = this;
    item.earlier = this.#last;
    item.later = undefined;
    if (this.#last) this.#last.later = item;
    else this.first = item;
    this.#last = item;
    if (!this.#armed) this.#arm(item.deadlineMs - this.#clock.now());
  }

  remove(item: Expiring): void {
    if (item.earlier) item.earlier.later = item.later;
    else this.first = item.later;
    if (item.later) item.later.earlier = item.earlier;
    else this.#last = item.earlier;
    item.queue = item.earlier = item.later = undefined;
  }

  /** The timer is left running when its item goes: it finds the next head, later, in place of being set each time. */
  #arm(delayMs: number): void {
    this.#armed = true;
    setTimeout(() => this.#ring(), Math.min(Math.max(1, Math.ceil(delayMs)), 2_147_483_647)).unref();
  }

  #ring(): void {
    this.#armed = false;
    const nowMs = this.#clock.now();
    while (this.first && this.first.deadlineMs <= nowMs) {
      const item = this.first;
      this.remove(item);
      item.expire();
    }
    if (this.first && !this.#armed) this.#arm(this.first.deadlineMs - nowMs);
  }
}

export type { DeadlineQueue };
