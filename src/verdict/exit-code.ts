import { ExitCode } from "../base/errors.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What may fail the step (`fail-on`); an empty set is `none`. A target that is gone fails it whatever else is
 * named there: `target-gone` is in every set but the empty one.
 */
export type FailOn =
  | "slo"
  | "regression"
  | "invalid"
  | "inconclusive"
  | "no-baseline"
  | "missing-endpoints"
  | "no-base"
  | "target-gone";

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
  if (verdict.conclusion === "invalid") {
    const fails = failOn.has("invalid") || (codes.has("target-gone") && failOn.has("target-gone"));
    return fails ? ExitCode.invalid : ExitCode.ok;
  }
  if (codes.has("slo") && failOn.has("slo")) return ExitCode.broken;
  const isWorse = codes.has("regression") || codes.has("service-died");
  if (isWorse && failOn.has("regression")) return ExitCode.broken;
  if (codes.has("exit-code") && failOn.has("slo")) return processExitCode ?? ExitCode.ownFault;
  if (codes.has("inconclusive") && failOn.has("inconclusive")) return ExitCode.invalid;
  if (codes.has("no-baseline") && failOn.has("no-baseline")) return ExitCode.invalid;
  if (codes.has("missing-endpoints") && failOn.has("missing-endpoints")) return ExitCode.invalid;
  if (codes.has("no-base") && failOn.has("no-base")) return ExitCode.invalid;
  return ExitCode.ok;
}
