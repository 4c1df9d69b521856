import { ours, say } from "../base/sentence.ts";
import type { ThresholdResult } from "../slo/promise.ts";
import type { RunResult } from "../stats/run-result.ts";
import { changeSentence } from "./change-text.ts";
import type { Comparison } from "./comparison.ts";
import { asides, undecided } from "./open-questions.ts";
import { conclusionOf, inOrder, reason } from "./reasons.ts";
import { headGone } from "./validity/target-gone.ts";
import { invalidities } from "./validity/validity.ts";
import type { Reason, Verdict } from "./verdict.ts";

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
  const reasons = inOrder([
    ...invalidities(result),
    ...promises(thresholds),
    ...exitCodeSet(result),
    // A service that ended is why its arm stopped answering.
    ...(findings.some(({ code }) => code === "service-died") ? [] : [headGone(result)]).filter((one) => one !== null),
    ...regressions(comparisons),
    ...undecided(comparisons),
    ...findings,
    ...noBaseline(comparisons, findings),
    ...asides(comparisons),
    ...improvements(comparisons),
  ]);
  return { conclusion: conclusionOf(reasons), reasons, thresholds, comparisons };
}

/** Nothing was deployed for this commit and the user said that is fine (`on-no-target: pass`). */
export function noTargetVerdict(message: string): Verdict {
  return { conclusion: "pass", reasons: [{ code: "no-target", message }], thresholds: [], comparisons: [] };
}

const noInterval = ours("Run longer: the limit lies inside the interval.");

function promises(thresholds: readonly ThresholdResult[]): Reason[] {
  return thresholds.flatMap(({ outcome, message, said }): Reason[] => {
    if (outcome === "fail" || outcome === "no-data") return [{ code: "slo", message, said }];
    if (outcome !== "undecided") return [];
    return [{ code: "inconclusive", message, remedy: noInterval.text, said: [...(said ?? []), noInterval.pieces] }];
  });
}

function exitCodeSet({ trouble }: RunResult): Reason[] {
  const { processExitCode } = trouble;
  if (processExitCode === null || processExitCode === 0) return [];
  return [reason("exit-code", say`The locustfile set the exit code ${processExitCode}.`)];
}

function regressions(comparisons: readonly Comparison[]): Reason[] {
  return comparisons
    .filter(({ outcome, waived }) => outcome === "regressed" && !waived)
    .sort((a, b) => weight(b) - weight(a))
    .map((comparison) => reason("regression", say`${changeSentence(comparison)}.`));
}

/** How far past its tolerance a change is: the worst culprit makes the headline. */
function weight({ metric, change, tolerance }: Comparison): number {
  const isLessWorse = metric === "throughput" || metric === "capacity";
  return change === null ? 0 : ((isLessWorse ? -1 : 1) * change.estimate) / Math.max(tolerance, 1e-9);
}

function noBaseline(comparisons: readonly Comparison[], findings: readonly Reason[]): Reason[] {
  if (comparisons.length === 0 || findings.some(({ code }) => code === "no-baseline")) return [];
  if (comparisons.some(({ outcome }) => outcome !== "no-baseline")) return [];
  return [reason("no-baseline", say`There is no baseline to compare with; the promises alone were judged.`)];
}

function improvements(comparisons: readonly Comparison[]): Reason[] {
  const better = comparisons.filter(({ outcome }) => outcome === "improved").sort((a, b) => weight(a) - weight(b));
  return better.slice(0, 1).map((comparison) => reason("improved", say`${changeSentence(comparison)}.`));
}
