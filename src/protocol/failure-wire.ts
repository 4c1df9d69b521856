import { ExitCode, GateError, traceOf } from "../base/errors.ts";

/** What a worker says before it gives up: a GateError on its way to the master. */
export interface FailureWire {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly place: string | null;
  readonly exit_code: number;
}

/** A GateError with all its parts; anything else is our own fault and travels with its stack. */
export function failureToWire(error: unknown): FailureWire {
  if (error instanceof GateError) {
    const { code, message, hint, place, exitCode } = error;
    return { code, message, hint: hint ?? null, place: place ?? null, exit_code: exitCode };
  }
  const message = traceOf(error);
  return { code: "thread-start", message, hint: null, place: null, exit_code: ExitCode.ownFault };
}

/** The error a worker told of; an exit code that is none of ours becomes `ownFault`. */
export function failureFromWire({ code, message, hint, place, exit_code }: FailureWire): GateError {
  const exitCode = Object.values(ExitCode).find((known) => known === exit_code) ?? ExitCode.ownFault;
  return new GateError(code, message, { exitCode, ...(hint !== null && { hint }), ...(place !== null && { place }) });
}
