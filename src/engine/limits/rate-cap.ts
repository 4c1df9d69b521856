import type { Clock } from "../../base/clock.ts";

/**
 * Lets at most `perSecond` requests start, evenly: each takes the next free place in time (the virtual scheduling form
 * of a leaky bucket, ITU-T I.371). A short burst may pass, so that a timer's millisecond costs no throughput. The
 * places are shared by all threads of a run: one whose users are idle leaves its share to the others.
 */
export class RateCap {
  readonly #clock: Clock;
  readonly #intervalNs: bigint;
  readonly #burstNs: bigint;
  /** When the next place is free, nanoseconds on the clock: a double has no room for them. */
  readonly #next: BigInt64Array<SharedArrayBuffer>;
  #throttled = 0;

  /** @param shared what `RateCap.places()` made for the run; absent: places of its own */
  constructor(options: { clock: Clock; perSecond: number; burstMs?: number; shared?: SharedArrayBuffer | undefined }) {
    const { clock, perSecond, burstMs = 10, shared = RateCap.places() } = options;
    this.#clock = clock;
    this.#intervalNs = BigInt(Math.round(1e9 / perSecond));
    this.#burstNs = BigInt(Math.round(burstMs * 1e6));
    this.#next = new BigInt64Array(shared);
  }

  /** The places of one run, to be handed to every thread. */
  static places(): SharedArrayBuffer {
    return new SharedArrayBuffer(8);
  }

  /** Requests that had to start later, in this thread. */
  get throttled(): number {
    return this.#throttled;
  }

  /** Undefined if a request may start at once, else when it may. */
  take(): Promise<void> | undefined {
    const nowNs = BigInt(Math.round(this.#clock.now() * 1000)) * 1000n;
    const earlyNs = this.#takePlace(nowNs) - nowNs;
    if (earlyNs <= 0n) return undefined;
    this.#throttled++;
    return this.#clock.sleep(Number(earlyNs) / 1e6);
  }

  #takePlace(nowNs: bigint): bigint {
    const earliestNs = nowNs - this.#burstNs;
    for (;;) {
      const next = Atomics.load(this.#next, 0);
      const placeNs = next > earliestNs ? next : earliestNs;
      if (Atomics.compareExchange(this.#next, 0, next, placeNs + this.#intervalNs) === next) return placeNs;
    }
  }
}
