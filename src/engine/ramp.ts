import type { Dispatcher, Step } from "./dispatcher.ts";
import type { ClassShare } from "./distribution.ts";

/** How many users, and how fast to get there. */
export interface Aim {
  readonly users: number;
  readonly spawnRate: number;
  readonly classes?: readonly ClassShare[] | undefined;
}

/** The way to the number of users aimed at: walks a plan of the dispatcher, step by step, as time goes by. */
export class Ramp {
  readonly #dispatcher: Dispatcher;
  #steps: Iterator<Step, void> | undefined;
  #next: Step | undefined;
  #taken = 0;
  #endMs = Number.POSITIVE_INFINITY;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** When the first aim was reached, from the start signal: 0 if it took one step, Infinity while it has not been. */
  get endMs(): number {
    return this.#endMs;
  }

  /** Calls everything from the start judgeable: a shape is the load itself, not the way to it. */
  skip(): void {
    this.#endMs = 0;
  }

  /** When the next step is due, from the start signal; Infinity when there is none. */
  get dueMs(): number {
    return this.#next?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the last step of the present aim was taken. */
  get arrived(): boolean {
    return this.#steps !== undefined && this.#next === undefined;
  }

  /** Leaves the plan under way for another, from the users that run now. */
  aim(aim: Aim, { atMs }: { atMs: number }): void {
    this.#steps = this.#dispatcher.plan({ ...aim, atMs });
    this.#next = this.#steps.next().value ?? undefined;
    this.#taken = 0;
  }

  /** The steps that are due. */
  *take({ untilMs }: { untilMs: number }): Generator<Step, void> {
    while (this.#next && this.#next.atMs <= untilMs) {
      const step = this.#next;
      this.#next = this.#steps?.next().value ?? undefined;
      this.#taken++;
      if (!this.#next && !Number.isFinite(this.#endMs)) this.#endMs = this.#taken === 1 ? 0 : step.atMs;
      yield step;
    }
  }
}
