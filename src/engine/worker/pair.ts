import { Random } from "../../base/random.ts";

/**
 * Brings the twins of a pair together before every task: the first to arrive waits, then both start, in an order
 * drawn for each task anew, so that neither version always has the other's request in front of it.
 */
export class Pair {
  readonly #seed: string;
  readonly #index: number;
  /** Asked once for both before they start; false ends the pair. */
  readonly #before: (signal: AbortSignal) => Promise<boolean> | boolean;
  readonly #waiting = new Map<"head" | "base", (go: boolean) => void>();
  #round = 0;
  readonly #ending = new AbortController();
  readonly #heard = new Set<AbortSignal>();

  constructor(options: { seed: string; index: number; before?: (signal: AbortSignal) => Promise<boolean> | boolean }) {
    this.#seed = options.seed;
    this.#index = options.index;
    this.#before = options.before ?? (() => true);
  }

  /**
   * A twin is ready for its next task; resolves when both are, with false if the pair is over.
   * @param signal the twin's own, one for its whole life: if it aborts, the pair is over
   */
  ready(arm: "head" | "base", signal?: AbortSignal): boolean | Promise<boolean> {
    if (signal) this.#heed(signal);
    if (this.#ending.signal.aborted) return false;
    return new Promise((go) => {
      this.#waiting.set(arm, go);
      if (this.#waiting.size === 2) void this.#begin();
    });
  }

  #heed(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    if (signal.aborted) this.end();
    else signal.addEventListener("abort", () => this.end(), { once: true });
  }

  async #begin(): Promise<void> {
    const headFirst = Random.from(this.#seed, "pair", this.#index, this.#round++).float() < 0.5;
    if (!(await this.#before(this.#ending.signal))) return this.end();
    for (const arm of headFirst ? (["head", "base"] as const) : (["base", "head"] as const)) {
      const go = this.#waiting.get(arm);
      this.#waiting.delete(arm);
      go?.(true);
    }
  }

  /** Lets nobody start another task. */
  end(): void {
    this.#ending.abort();
    for (const go of this.#waiting.values()) go(false);
    this.#waiting.clear();
  }
}
