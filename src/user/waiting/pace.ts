import type { Clock } from "../../base/clock.ts";
import { Random } from "../../base/random.ts";

/** Where a wait-time function finds the clock and the dice of the user it belongs to. */
export const paceKey = Symbol.for("swarmgate.pace");

/** A task that begins later than this after it was due counts as started late, milliseconds. */
export const lateMs = 5;

/** A user or a task set: `this` of a wait-time function. */
export interface Paced {
  readonly [paceKey]: Pace;
}

/**
 * The part of a user that decides when and what: its clock, and the stream its tasks and wait times are drawn from.
 *
 * The stream is a new one for every iteration, named by seed, user index and iteration number. So the twins of a
 * side-by-side run choose alike for ever, however many numbers the locustfile draws from `this.random` and however
 * differently the two answers made their tasks run.
 */
export class Pace {
  readonly clock: Clock;
  readonly #seed: string;
  readonly #index: number;
  readonly #late: (() => void) | undefined;
  #iteration = 0;
  #startMs = 0;
  #stream: Random | undefined;

  constructor(options: { clock: Clock; seed: string; index: number; lateStart?: (() => void) | undefined }) {
    this.clock = options.clock;
    this.#seed = options.seed;
    this.#index = options.index;
    this.#late = options.lateStart;
  }

  /** The next task begins now and was due at `dueMs`: notes it if that is late. */
  due(dueMs: number): void {
    if (this.clock.now() - dueMs > lateMs) this.#late?.();
  }

  /** Number of the current iteration, from 1; 0 before the first. */
  get iteration(): number {
    return this.#iteration;
  }

  /** When the current iteration began, on the clock. */
  get startMs(): number {
    return this.#startMs;
  }

  /** Begins the next iteration. The stream is made when somebody draws: one task and a constant wait never do. */
  begin(): void {
    this.#iteration++;
    this.#startMs = this.clock.now();
    this.#stream = undefined;
  }

  /** The stream of the current iteration. */
  get random(): Random {
    this.#stream ??= Random.from(this.#seed, "plan", this.#index, this.#iteration);
    return this.#stream;
  }
}
