/**
 * Requests a run may still send, shared by all its threads: exactly so many are let through, whoever asks first.
 */
export class RequestBudget {
  readonly #left: Int32Array<SharedArrayBuffer>;

  private constructor(buffer: SharedArrayBuffer) {
    this.#left = new Int32Array(buffer);
  }

  /** @param requests 0 to 2³¹ − 1 */
  static of(requests: number): RequestBudget {
    const budget = new RequestBudget(new SharedArrayBuffer(4));
    budget.#left[0] = requests;
    return budget;
  }

  /** The same budget in another thread. */
  static shared(buffer: SharedArrayBuffer): RequestBudget {
    return new RequestBudget(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#left.buffer;
  }

  /** Takes one request out; false if none is left. */
  take(): boolean {
    // Compare and exchange, so that asking an empty budget for hours cannot wrap the counter round.
    for (;;) {
      const left = Atomics.load(this.#left, 0);
      if (left <= 0) return false;
      if (Atomics.compareExchange(this.#left, 0, left, left - 1) === left) return true;
    }
  }

  get usedUp(): boolean {
    return Atomics.load(this.#left, 0) <= 0;
  }
}
