import type { EndpointStats } from "./endpoint-stats.ts";
import { Histogram } from "./histogram.ts";
import { shortestWaitMs, waitLimitMs } from "./waits.ts";

const tail = 0.99;

/**
 * How long an endpoint usually takes, in one arm and one worker, and so how long a request of it may go without an
 * answer. Knows blocks that are over: a wait is held against what was usual before it.
 */
export class Patience {
  readonly #answered = new Histogram(2);
  /** Of those, answers that came past the limit. */
  #waited = 0;
  /** `limitMs` and the p99's limit, until the next block: asked for every request that waits. */
  #known: { readonly limitMs: number; readonly patienceMs: number } | undefined;
  /** Answers of the block in progress that are no successes, or came past the limit. */
  #failures: Histogram | undefined;
  #newWaits = 0;

  /** Counts an answer that is a failure; successes come with their block. */
  failed(ms: number): void {
    this.#failures ??= new Histogram(2);
    this.#failures.record(ms);
  }

  /** Counts an answer that came past the limit, beside what it is counted as anyway. */
  waited(): void {
    this.#newWaits++;
  }

  /** A block is over. */
  add({ success }: EndpointStats): void {
    this.#answered.merge(success);
    if (this.#failures) this.#answered.merge(this.#failures);
    this.#failures = undefined;
    this.#waited += this.#newWaits;
    this.#newWaits = 0;
    this.#known = undefined;
  }

  /** What is longer is a wait; undefined while nothing was ever answered. */
  get limitMs(): number | undefined {
    return this.#answered.count === 0 ? undefined : this.#limits.limitMs;
  }

  /** How long a silence may last while a request is in flight; `timeoutMs` is the request's own. */
  patienceMs(timeoutMs: number | undefined): number {
    return this.#answered.count === 0 ? unansweredMs(timeoutMs) : this.#limits.patienceMs;
  }

  get #limits(): { readonly limitMs: number; readonly patienceMs: number } {
    const { count } = this.#answered;
    // Were the waits part of what is usual, the first hang of a small run would excuse the second. They lie on top.
    const usual = Math.max(0, count - this.#waited) / count;
    this.#known ??= {
      limitMs: waitLimitMs(this.#answered.quantile(tail * usual)),
      patienceMs: waitLimitMs(this.#answered.quantile(tail)),
    };
    return this.#known;
  }
}

/** How long a silence may last before anything was ever answered: nobody knows what is usual. */
export function unansweredMs(timeoutMs = Number.POSITIVE_INFINITY): number {
  return Math.max(shortestWaitMs, timeoutMs);
}
