import { say } from "../base/sentence.ts";
import type { BaselineRecord } from "../baseline/baseline.ts";
import type { LeftOut } from "../baseline/usable.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { evaluate, settle } from "../slo/evaluate.ts";
import { expiredWaivers, waiverSubject } from "../slo/waiver.ts";
import { locustMeasurementVersion, type RunResult, type Warning, warning } from "../stats/run-result.ts";
import { type Against, compare } from "../verdict/compare.ts";
import type { Comparison, ComparisonMetric } from "../verdict/comparison.ts";
import type { FailOn } from "../verdict/exit-code.ts";
import { conclusionOf } from "../verdict/reasons.ts";
import { type CompareSettings, defaultCompareSettings } from "../verdict/settings.ts";
import { calibrate, calibrationLines } from "../verdict/side-by-side/calibration.ts";
import { machineWasBusy } from "../verdict/validity/busy-machine.ts";
import { correctionNotes } from "../verdict/validity/correction-notes.ts";
import { crowding } from "../verdict/validity/crowding.ts";
import { firedRequests } from "../verdict/validity/fired-requests.ts";
import { retries } from "../verdict/validity/retries.ts";
import type { Reason, Verdict } from "../verdict/verdict.ts";
import { judge } from "../verdict/verdict-of.ts";
import type { Past } from "./load-baseline.ts";
import { comparingOf, steadyMs } from "./question.ts";

export interface Judged {
  readonly verdict: Verdict;
  readonly comparing: CompareSettings;
  readonly failOn: ReadonlySet<FailOn>;
  /** The stored runs it was compared with, oldest first. */
  readonly history: readonly BaselineRecord[];
  /** Why there was nothing to compare with; null where there was. */
  readonly whyNot: string | null;
  /** Set where stored runs were found and none is comparable. */
  readonly incomparable: LeftOut | null;
  /** What is odd about the stored runs, and what was forgiven. */
  readonly warnings: readonly Warning[];
}

/** Holds a run against its promises and its past. Pure: `today` is the only thing it knows of the clock. */
export function judgeRun({
  config,
  result,
  past,
  today,
  forgiven = new Set(),
  findings = [],
}: {
  config: GateConfig;
  result: RunResult;
  past: Past;
  /** Codes of reasons that make no run invalid where nothing was promised. */
  forgiven?: ReadonlySet<string>;
  /** `2026-12-24`, for waivers. */
  today: string;
  /** What became of services that were started for this run. */
  findings?: readonly Reason[];
}): Judged {
  const comparing = comparingFor(result, compareSettings(config));
  const thresholds = settle(evaluate(config.thresholds, result.blocks));
  const compared = compare({
    result,
    against: againstOf({ config, result, past }),
    settings: comparing,
    waivers: config.file?.waive ?? [],
    today,
  });
  const { comparisons, history, whyNot, incomparable, notes } = compared;
  const verdict = judge({ result, thresholds, comparisons, findings: [...compared.findings, ...findings] });
  const told = verdict.reasons.filter(({ code }) => forgiven.has(code));
  return {
    verdict: told.length === 0 ? verdict : without(told, verdict),
    comparing,
    failOn: failOnOf(config),
    history,
    whyNot: past.whyNot ?? whyNot,
    incomparable,
    warnings: [
      ...notes.map((note) => warning("baseline", note)),
      ...overdue(config, today),
      ...[crowding(result), machineWasBusy(result), retries(result), firedRequests(result)].filter(
        (found) => found !== null,
      ),
      ...correctionNotes(result),
      ...told,
      ...calibrationOf(config, { comparisons, verdict }),
    ],
  };
}

/** Waivers whose day is over no longer forgive anything; each is told where it can be deleted. */
export function overdue({ file }: GateConfig, today: string): Warning[] {
  return expiredWaivers(file?.waive ?? [], today).map((waiver) =>
    warning(
      "waiver",
      say`the waiver at ${waiver.place} (${waiverSubject(waiver)}) ended on ${waiver.until} and no longer counts; delete it, or give it a later day`,
    ),
  );
}

/** Locust rounds to whole milliseconds at best: of two runs that read 8 and 9 nobody knows that they differ. */
const locustMinEffectMs = 1.5;

function comparingFor({ meta }: RunResult, asked: CompareSettings): CompareSettings {
  if (meta.measurement !== locustMeasurementVersion) return asked;
  return { ...asked, minEffectMs: Math.max(asked.minEffectMs, locustMinEffectMs) };
}

/** `mode: calibrate`: what the difference of equals says of the gate, one line each; nothing that is no measurement. */
function calibrationOf(
  { settings }: GateConfig,
  { comparisons, verdict }: { comparisons: readonly Comparison[]; verdict: Verdict },
): Warning[] {
  if (settings.mode !== "calibrate" || verdict.conclusion === "invalid") return [];
  return calibrationLines(calibrate(comparisons)).map((line) => warning("calibration", line));
}

/** The verdict had these not been reasons. */
function without(forgiven: readonly Reason[], { reasons, ...rest }: Verdict): Verdict {
  const left = reasons.filter((reason) => !forgiven.includes(reason));
  return { ...rest, conclusion: conclusionOf(left), reasons: left };
}

function againstOf({ config, result, past }: { config: GateConfig; result: RunResult; past: Past }): Against {
  if (comparingOf(config) === "side-by-side") {
    const maxDurationMs = config.settings["max-duration"];
    return { kind: "side-by-side", runTimeMs: steadyMs(result.blocks), maxDurationMs, over: true };
  }
  if (!past.wanted) return { kind: "none" };
  return { kind: "baseline", baseline: past.baseline, whyNot: past.whyNot };
}

export function failOnOf({ settings }: GateConfig): ReadonlySet<FailOn> {
  if (settings["fail-on"] === "none") return new Set();
  const wanted: readonly FailOn[] = [...settings["fail-on"], "target-gone"];
  // A run that only records, or calibrates, fails for nothing but being no measurement.
  const judges = settings.mode !== "baseline" && settings.mode !== "calibrate";
  return new Set(!judges ? wanted.filter((reason) => reason === "invalid" || reason === "target-gone") : wanted);
}

export function compareSettings({ settings, file }: GateConfig): CompareSettings {
  return {
    metrics: (file?.metrics as readonly ComparisonMetric[] | null | undefined) ?? defaultCompareSettings.metrics,
    tolerance: settings.tolerance,
    tolerances: Object.fromEntries(file?.tolerances ?? []) as CompareSettings["tolerances"],
    minEffectMs: settings["min-effect"],
    errorTolerance: settings["error-tolerance"],
    confidence: settings.confidence,
    ...(settings.interleave === "seconds" && { alternates: true }),
  };
}
