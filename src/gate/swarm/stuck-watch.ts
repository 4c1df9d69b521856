/** How long a process may be deaf to everything while user code runs in it. */
export const deafLimitMs = 30_000;
const stepMs = 1000;

/**
 * Finds that a load process hears nothing any more: whoever lives says so once a second, and code that never yields
 * keeps it from that. What is counted are steps of our own loop, so that a machine that slept accuses nobody.
 */
export class StuckWatch {
  readonly #limitSteps: number;
  readonly #timer: NodeJS.Timeout;
  #silentSteps = 0;

  constructor({ limitMs = deafLimitMs, onStuck }: { limitMs?: number | undefined; onStuck: () => void }) {
    this.#limitSteps = Math.ceil(limitMs / stepMs);
    this.#timer = setInterval(() => {
      if (++this.#silentSteps === this.#limitSteps) onStuck();
    }, stepMs);
  }

  heard(): void {
    this.#silentSteps = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
