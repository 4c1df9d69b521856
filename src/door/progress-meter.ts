import type { Progress } from "../engine/plan/load-plan.ts";
import { progressLine, redrawEnd, redrawLine } from "../report/progress.ts";

interface MeterOptions {
  /** Width of the terminal, whose line is redrawn; null where there is none. */
  readonly columns: number | null;
  /** A log that is read later wants a line now and then; 5 s if not given. */
  readonly everyMs?: number;
}

/** Shows how a run stands: redrawn in a terminal, one compact line every few seconds elsewhere. */
export class ProgressMeter {
  readonly #write: (text: string) => void;
  readonly #columns: number | null;
  readonly #everyMs: number;
  #nextMs = 0;
  #drawn = false;

  constructor(write: (text: string) => void, { columns, everyMs = 5000 }: MeterOptions) {
    this.#write = write;
    this.#columns = columns;
    this.#everyMs = everyMs;
  }

  readonly show = (progress: Progress): void => {
    const state = { ...progress, totalMs: progress.leftMs === null ? null : progress.elapsedMs + progress.leftMs };
    if (this.#columns !== null) {
      this.#write(redrawLine(state, this.#columns));
      this.#drawn = true;
    } else if (progress.elapsedMs >= this.#nextMs) {
      this.#nextMs = progress.elapsedMs - (progress.elapsedMs % this.#everyMs) + this.#everyMs;
      this.#write(`${progressLine(state)}\n`);
    }
  };

  /** Before anything else is printed: the moving line is left standing. */
  readonly end = (): void => {
    if (this.#drawn) this.#write(redrawEnd);
    this.#drawn = false;
  };
}
