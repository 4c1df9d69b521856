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
  #endMs = Number.POSITIVE_INFINITY;
  #arrivedMs = Number.POSITIVE_INFINITY;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** When an aim was reached for the first time, from the start signal; Infinity while none has been. */
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

  /** When the last step of the present aim was due, from the start signal; Infinity while it is still to come. */
  get arrivedMs(): number {
    return this.#arrivedMs;
  }

  /** Leaves the plan under way for another, from the users that run now. The first begins with the start signal. */
  aim(aim: Aim, { atMs }: { atMs: number }): void {
    this.#steps = this.#dispatcher.plan({ ...aim, atMs: this.#steps ? atMs : 0 });
    this.#next = this.#steps.next().value ?? undefined;
    this.#arrivedMs = Number.POSITIVE_INFINITY;
  }

  /** The steps that are due. */
  *take({ untilMs }: { untilMs: number }): Generator<Step, void> {
    while (this.#next && this.#next.atMs <= untilMs) {
      const step = this.#next;
      this.#next = this.#steps?.next().value ?? undefined;
      if (!this.#next) {
        this.#arrivedMs = step.atMs;
        if (!Number.isFinite(this.#endMs)) this.#endMs = step.atMs;
      }
      yield step;
    }
  }
}
