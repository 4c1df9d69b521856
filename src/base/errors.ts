import { permissionAdvice } from "./permission-advice.ts";

/** The process exit codes users may rely on (docs/verdict.md#exit-codes). */
export const ExitCode = {
  ok: 0,
  ownFault: 1,
  usage: 2,
  invalid: 3,
  notReady: 4,
  broken: 99,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/**
 * Everything that ends a run on purpose. A failing request is never one of these: it is a Sample with a failure.
 * `docs/errors.md` has a row for every `code`.
 */
export class GateError extends Error {
  override readonly name = "GateError";
  /** Stable, for scripts and the documentation: `locustfile-missing`. */
  readonly code: string;
  readonly exitCode: ExitCode;
  /** What to do about it, one sentence. */
  readonly hint: string | undefined;
  /** Where, as `file:line:column` or the name of an input. */
  readonly place: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { exitCode?: ExitCode; hint?: string; place?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? ExitCode.usage;
    this.hint = options.hint;
    this.place = options.place;
  }
}

/** One thing wrong with what the user gave us; problems are collected and told together. */
export interface Problem {
  /** The input, option or configuration key, spelled as the user spells it. */
  readonly where: string;
  readonly message: string;
  readonly hint?: string;
}

/** Several problems at once, so that nobody has to fix them one run at a time. */
export class UsageError extends GateError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], code = "usage") {
    super(code, problems.map((p) => `${p.where}: ${p.message}${p.hint ? ` (${p.hint})` : ""}`).join("\n"), {
      exitCode: ExitCode.usage,
    });
    this.problems = problems;
  }
}

/** Stands for what throws when it is looked at. */
const unreadable = "(thrown was something that cannot be read)";

/** The text of anything thrown, without a stack. Never throws: what user code throws may throw when it is read. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? (permissionAdvice(error) ?? error.message) : error);
  } catch {
    return unreadable;
  }
}

/** The stack of anything thrown, or its text where it has none. Never throws. */
export function traceOf(error: unknown): string {
  try {
    if (error instanceof Error && typeof error.stack === "string") return error.stack;
  } catch {
    // Its text may still be read.
  }
  return messageOf(error);
}
