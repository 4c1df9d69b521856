/** Decoded bytes a buffered body may have unless its class or request says otherwise. */
export const defaultMaxBodyBytes = 64 * 1024 * 1024;

/**
 * Bytes of bodies that are being read in this thread and not handed over yet. One answer is bounded by
 * `maxBodyBytes`; a thousand at once are by this.
 */
export class BodyBudget {
  #held = 0;
  limitBytes = Number.POSITIVE_INFINITY;

  get heldBytes(): number {
    return this.#held;
  }

  /** Takes bytes in; false if they are too many, and then they are not held. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.limitBytes) return false;
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Of this thread. */
export const bodyBudget = new BodyBudget();
