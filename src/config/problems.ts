import { type Problem, UsageError } from "../base/errors.ts";

/** Collects what is wrong in several places, so that all of it is told together. */
export class Problems {
  readonly #all: Problem[] = [];

  add(...problems: readonly Problem[]): void {
    this.#all.push(...problems);
  }

  /** What `act` gives; undefined where it threw a UsageError, whose problems are kept. */
  attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.add(...error.problems);
      return undefined;
    }
  }

  /** Throws one UsageError with everything collected so far, if there is anything. */
  throwAny(code?: string): void {
    if (this.#all.length > 0) throw new UsageError(this.#all, code);
  }
}
