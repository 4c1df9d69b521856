/**
 * How long an API that says nothing is waited for, all calls of all clients together: from the first that nobody
 * answered, whatever was done meanwhile. Then each call has a last chance, for the API may be back. An answer forgives.
 */
export class Silence {
  readonly #limitMs: number;
  readonly #lastChanceMs: number;
  #sinceMs: number | undefined;

  /** Both in milliseconds; a last chance is never longer than the limit. */
  constructor({ limitMs, lastChanceMs = limitMs }: { readonly limitMs: number; readonly lastChanceMs?: number }) {
    this.#limitMs = limitMs;
    this.#lastChanceMs = Math.min(lastChanceMs, limitMs);
  }

  /** What a call that begins now may wait. */
  leftMs(nowMs: number): number {
    this.#sinceMs ??= nowMs;
    return Math.max(this.#lastChanceMs, this.#limitMs - (nowMs - this.#sinceMs));
  }

  answered(): void {
    this.#sinceMs = undefined;
  }
}
