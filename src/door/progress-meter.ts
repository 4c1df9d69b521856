import type { Progress } from "../engine/load-plan.ts";
import { progressLine, redrawEnd, redrawLine } from "../report/progress.ts";

/** A log that is read later wants a line now and then; a terminal wants one that moves. */
const everyMs = 5000;

/** Shows how a run stands: redrawn in a terminal, one compact line every few seconds elsewhere. */
export class ProgressMeter {
  readonly #write: (text: string) => void;
  readonly #terminalColumns: number | null;
  #nextMs = 0;
  #drawn = false;

  /** @param terminalColumns width of the terminal; null where there is none */
  constructor(write: (text: string) => void, terminalColumns: number | null) {
    this.#write = write;
    this.#terminalColumns = terminalColumns;
  }

  readonly show = (progress: Progress): void => {
    const state = { ...progress, totalMs: progress.leftMs === null ? null : progress.elapsedMs + progress.leftMs };
    if (this.#terminalColumns !== null) {
      this.#write(redrawLine(state, this.#terminalColumns));
      this.#drawn = true;
    } else if (progress.elapsedMs >= this.#nextMs) {
      this.#nextMs = progress.elapsedMs - (progress.elapsedMs % everyMs) + everyMs;
      this.#write(`${progressLine(state)}\n`);
    }
  };

  /** Before anything else is printed: the moving line is left standing. */
  readonly end = (): void => {
    if (this.#drawn) this.#write(redrawEnd);
    this.#drawn = false;
  };
}
