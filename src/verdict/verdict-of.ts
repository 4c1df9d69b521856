import type { ThresholdResult } from "../slo/promise.ts";
import type { RunResult } from "../stats/run-result.ts";
import { changeText } from "./change-text.ts";
import type { Comparison } from "./comparison.ts";
import { asides, undecided as undecidedOf } from "./open-questions.ts";
import { headGone } from "./validity/target-gone.ts";
import { invalidities } from "./validity/validity.ts";
import type { Conclusion, Reason, Verdict } from "./verdict.ts";

/** What a run is judged by. */
export interface VerdictInput {
  readonly result: RunResult;
  readonly thresholds: readonly ThresholdResult[];
  /** Empty where nothing was to be compared (`compare: none`). */
  readonly comparisons: readonly Comparison[];
  /** Reasons nobody can see in the documents: incomparable runs, no time left to confirm, no baseline and why. */
  readonly findings?: readonly Reason[] | undefined;
}

/**
 * The verdict, in the order of docs/verdict.md#the-order-of-reasons: invalid, promises, regressions, undecided, pass.
 */
export function judge({ result, thresholds, comparisons, findings = [] }: VerdictInput): Verdict {
  const invalid = [...invalidities(result), ...findings.filter(({ code }) => invalidCodes.has(code))];
  const broken = [...brokenPromises(thresholds), ...exitCodeSet(result)];
  const died = codes(findings, "service-died");
  const regressed = [
    ...died,
    ...(died.length > 0 ? [] : [headGone(result)]).filter((reason) => reason !== null),
    ...regressions(comparisons),
  ];
  const undecided = [...undecidedPromises(thresholds), ...undecidedOf(comparisons), ...codes(findings, "inconclusive")];
  const told = [
    ...codes(findings, "no-base"),
    ...codes(findings, "no-baseline"),
    ...noBaseline(comparisons, findings),
    ...asides(comparisons),
    ...improvements(comparisons),
  ];
  const conclusion: Conclusion =
    invalid.length > 0
      ? "invalid"
      : broken.length + regressed.length > 0
        ? "fail"
        : undecided.length > 0
          ? "inconclusive"
          : "pass";
  return { conclusion, reasons: [...invalid, ...broken, ...regressed, ...undecided, ...told], thresholds, comparisons };
}

/** Nothing was deployed for this commit and the user said that is fine (`on-no-target: pass`). */
export function noTargetVerdict(message: string): Verdict {
  return { conclusion: "pass", reasons: [{ code: "no-target", message }], thresholds: [], comparisons: [] };
}

/** Reasons that make a run invalid, whoever found them. */
export const invalidCodes: ReadonlySet<string> = new Set([
  "zero-requests",
  "users-dead",
  "users-not-reached",
  "saturated",
  "machine-busy",
  "cores-shared",
  "blocked",
  "throttled",
  "target-gone",
  "uncaught-exceptions",
  "forbidden-host",
  "missing-await",
  "interrupted",
]);

function codes(findings: readonly Reason[], code: string): Reason[] {
  return findings.filter((finding) => finding.code === code);
}

function brokenPromises(thresholds: readonly ThresholdResult[]): Reason[] {
  return thresholds
    .filter(({ outcome }) => outcome === "fail" || outcome === "no-data")
    .map(({ message }) => ({ code: "slo", message }));
}

function undecidedPromises(thresholds: readonly ThresholdResult[]): Reason[] {
  return thresholds
    .filter(({ outcome }) => outcome === "undecided")
    .map(({ message }) => ({
      code: "inconclusive",
      message,
      remedy: "Run longer: the limit lies inside the interval.",
    }));
}

/** A locustfile that sets an exit code has made a promise of its own. */
function exitCodeSet({ trouble }: RunResult): Reason[] {
  const { processExitCode } = trouble;
  if (processExitCode === null || processExitCode === 0) return [];
  return [{ code: "exit-code", message: `The locustfile set the exit code ${processExitCode}.` }];
}

function regressions(comparisons: readonly Comparison[]): Reason[] {
  return comparisons
    .filter(({ outcome, waived }) => outcome === "regressed" && !waived)
    .sort((a, b) => weight(b) - weight(a))
    .map((comparison) => ({ code: "regression", message: `${changeText(comparison)}.` }));
}

/** How far past its tolerance a change is: the worst culprit makes the headline. */
function weight({ change, tolerance }: Comparison): number {
  return change === null ? 0 : change.estimate / Math.max(tolerance, 1e-9);
}

function noBaseline(comparisons: readonly Comparison[], findings: readonly Reason[]): Reason[] {
  if (comparisons.length === 0 || findings.some(({ code }) => code === "no-baseline")) return [];
  if (comparisons.some(({ outcome }) => outcome !== "no-baseline")) return [];
  return [{ code: "no-baseline", message: "There is no baseline to compare with; the promises alone were judged." }];
}

function improvements(comparisons: readonly Comparison[]): Reason[] {
  const better = comparisons.filter(({ outcome }) => outcome === "improved").sort((a, b) => weight(a) - weight(b));
  return better.slice(0, 1).map((comparison) => ({ code: "improved", message: `${changeText(comparison)}.` }));
}
