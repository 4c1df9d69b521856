import { ExitCode, UsageError } from "../base/errors.ts";
import type { WrittenRun } from "../gate/gate-context.ts";
import { spelled } from "./log.ts";
import { type Layer, lookUp } from "./options/layers.ts";

/**
 * What makes a run invalid for the gate and is only told where nothing was promised: Locust would let it pass, or
 * ends with the code for errors.
 */
export const forgiven: ReadonlySet<string> = new Set([
  "saturated",
  "machine-busy",
  "cores-shared",
  "blocked",
  "throttled",
  "target-gone",
  "uncaught-exceptions",
]);

/** `--exit-code-on-error`, 0 to 255. Throws UsageError. */
export function codeOnError(layers: readonly Layer[]): number {
  const text = lookUp(layers, "exit-code-on-error") ?? "1";
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return Number(text);
  const message = `"${text}" is not a whole number from 0 to 255`;
  throw new UsageError([{ where: spelled(layers, "exit-code-on-error"), message }]);
}

/**
 * Locust's rule: what the locustfile set, else the code for errors if any request or task failed. What Locust lets
 * pass as green (no request at all, every user dead) is invalid here.
 */
export function locustExitCode({ verdict, result }: WrittenRun, onError: number): number {
  const { trouble, summary } = result;
  if (trouble.processExitCode !== null) return trouble.processExitCode;
  if (verdict.conclusion === "invalid") return ExitCode.invalid;
  const failed = summary.totals.some(({ failures }) => failures > 0) || trouble.exceptions.length > 0;
  return failed ? onError : ExitCode.ok;
}
