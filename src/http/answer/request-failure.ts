import type { Failure, FailureKind, FailureSample } from "../../stats/failures.ts";

/** `404 Not Found` */
export function statusMessage(status: number): string {
  return `${status} ${reasonPhrases()[status] ?? ""}`.trimEnd();
}

/** A failure whose sample is built when somebody reads it: of a thousand alike, three are kept. */
export class RequestFailure implements Failure {
  readonly kind: FailureKind;
  readonly message: string;
  #build: (() => FailureSample) | undefined;
  #sample: FailureSample | undefined;

  constructor(kind: FailureKind, message: string, build: () => FailureSample) {
    this.kind = kind;
    this.message = message;
    this.#build = build;
  }

  get sample(): FailureSample | undefined {
    if (this.#build) {
      this.#sample = this.#build();
      this.#build = undefined;
    }
    return this.#sample;
  }
}

/** Asked for when something failed: an import of the module would load Node's fetch with it, 40 ms of every thread. */
function reasonPhrases(): Readonly<Record<number, string | undefined>> {
  return process.getBuiltinModule("node:http").STATUS_CODES;
}
