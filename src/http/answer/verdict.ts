import { GateError } from "../../base/errors.ts";
import type { FailureKind } from "../../stats/failures.ts";

/** What became of one request; undefined fields of a failure: the status says it. */
export type Outcome =
  | { readonly kind: "by-status" }
  | { readonly kind: "success" }
  | { readonly kind: "failure"; readonly failure: FailureKind; readonly message: string; readonly error: unknown };

export const byStatus: Outcome = { kind: "by-status" };
const success: Outcome = { kind: "success" };

/**
 * The wait for a locustfile's own word on an answer (`catchResponse`). Whatever comes, the request is recorded once:
 * with the last word that was said, or by its status.
 */
export class Verdict {
  readonly #record: (outcome: Outcome) => void;
  #outcome: Outcome = byStatus;
  #recorded = false;

  constructor(record: (outcome: Outcome) => void) {
    this.#record = record;
  }

  get recorded(): boolean {
    return this.#recorded;
  }

  get spoken(): boolean {
    return this.#outcome !== byStatus;
  }

  succeed(): void {
    this.#say(success);
  }

  fail(reason: unknown): void {
    this.#say({ kind: "failure", failure: "check", message: reasonText(reason), error: reason });
  }

  #say(outcome: Outcome): void {
    if (this.#recorded) {
      throw new GateError("verdict-late", "this answer was already counted: success() or failure() came too late", {
        hint: "judge an answer before its `using` scope ends; without one, before the next request and the task's end",
      });
    }
    this.#outcome = outcome;
  }

  /** Records it now. `error` is what the locustfile threw; it counts if nothing was said before. */
  settle(error?: unknown): void {
    if (this.#recorded) return;
    this.#recorded = true;
    const thrown = error !== undefined && !this.spoken;
    this.#record(thrown ? { kind: "failure", failure: "exception", message: errorText(error), error } : this.#outcome);
  }
}

function reasonText(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  return reason.name === "Error" ? reason.message : errorText(reason);
}

/** `TypeError: x is undefined` */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
