import { ExitCode } from "../base/errors.ts";
import { type FailOn, reasonTable } from "./reasons.ts";
import type { Verdict } from "./verdict.ts";

export type { FailOn };

export const defaultFailOn: ReadonlySet<FailOn> = new Set<FailOn>(["slo", "regression", "invalid", "target-gone"]);

/**
 * The exit code (docs/verdict.md#exit-codes). An interruption ends with its signal's number whatever `failOn` says. A
 * locustfile's own exit code counts as a promise of its own: it holds where `failOn` has `slo` and nothing else is
 * broken.
 */
export function exitCodeOf({
  verdict,
  failOn,
  signal = "SIGINT",
  processExitCode = null,
}: {
  verdict: Verdict;
  failOn: ReadonlySet<FailOn>;
  /** Which signal interrupted the run, if one did. */
  signal?: "SIGINT" | "SIGTERM" | undefined;
  processExitCode?: number | null | undefined;
}): number {
  const codes = new Set(verdict.reasons.map(({ code }) => code));
  if (codes.has("interrupted")) return signal === "SIGTERM" ? ExitCode.terminated : ExitCode.interrupted;
  const failing = [...codes].filter((code) => {
    const { failsOn, conclusion } = reasonTable[code];
    return (failsOn !== null && failOn.has(failsOn)) || (conclusion === "invalid" && failOn.has("invalid"));
  });
  if (verdict.conclusion === "invalid") {
    return failing.some((code) => reasonTable[code].conclusion === "invalid") ? ExitCode.invalid : ExitCode.ok;
  }
  if (failing.length === 0) return ExitCode.ok;
  if (failing.some((code) => reasonTable[code].conclusion === "fail" && code !== "exit-code")) return ExitCode.broken;
  return failing.includes("exit-code") ? (processExitCode ?? ExitCode.ownFault) : ExitCode.invalid;
}
