import { abortingPromise } from "../../slo/abort.ts";
import type { Threshold } from "../../slo/threshold/threshold.ts";
import { type Block, blockMs } from "../../stats/snapshot.ts";
import { withWaiting } from "../../stats/with-waiting.ts";

/** Promises are asked once a second at the most; later, when each time adds up more, after this share of the run. */
const leastStepMs = 1000;
const stepShare = 0.02;

/** Watches a running test for a broken promise that ends it. */
export class AbortWatch {
  readonly #thresholds: readonly Threshold[];
  readonly #blocks: Block[] = [];
  #nextMs = 0;
  #ended = false;

  constructor(thresholds: readonly Threshold[]) {
    this.#thresholds = thresholds.filter(({ abortAfterMs }) => abortAfterMs !== null);
  }

  /** Whether any promise may end the run: else nobody need hand out blocks. */
  get isAsked(): boolean {
    return this.#thresholds.length > 0;
  }

  /** Takes the blocks measured since the last time, in order; the reason to end the run, once. */
  take(blocks: readonly Block[]): string | null {
    for (const block of blocks) this.#blocks.push(block);
    const last = this.#blocks.at(-1);
    if (this.#ended || !last) return null;
    const elapsedMs = (last.block + 1) * blockMs;
    if (elapsedMs < this.#nextMs) return null;
    this.#nextMs = elapsedMs + Math.max(leastStepMs, stepShare * elapsedMs);
    const broken = abortingPromise(this.#thresholds, { blocks: withWaiting(this.#blocks), elapsedMs });
    if (!broken) return null;
    this.#ended = true;
    return `The run ends early, after ${Math.round(elapsedMs / 1000)} s, because a promise with "abort" is broken: ${broken.message}.`;
  }
}
