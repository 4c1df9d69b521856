import type { GateConfig } from "../config/gate-config.ts";
import { evaluate, settle } from "../slo/evaluate.ts";
import { waiverFor } from "../slo/waiver.ts";
import type { RunResult } from "../stats/run-result.ts";
import type { Comparison, ComparisonMetric } from "../verdict/comparison.ts";
import type { FailOn } from "../verdict/exit-code.ts";
import { runOfResult } from "../verdict/run-of-result.ts";
import { type CompareSettings, defaultCompareSettings } from "../verdict/settings.ts";
import { compareSimply } from "../verdict/simple-comparison.ts";
import type { Reason, Verdict } from "../verdict/verdict.ts";
import { judge } from "../verdict/verdict-of.ts";
import type { Past } from "./recall.ts";

export interface Judged {
  readonly verdict: Verdict;
  readonly comparing: CompareSettings;
  readonly failOn: ReadonlySet<FailOn>;
}

/** Holds a run against its promises and its past. Pure: `today` is the only thing it knows of the clock. */
export function judgeRun({
  config,
  result,
  past,
  today,
}: {
  config: GateConfig;
  result: RunResult;
  past: Past;
  /** `2026-12-24`, for waivers. */
  today: string;
}): Judged {
  const comparing = compareSettings(config);
  const thresholds = settle(evaluate(config.thresholds, result.blocks));
  const comparisons =
    past.runs.length === 0
      ? []
      : compareSimply({ current: runOfResult(result), history: past.runs, settings: comparing });
  const findings: Reason[] =
    past.wanted && past.whyNot !== null ? [{ code: "no-baseline", message: past.whyNot }] : [];
  const verdict = judge({
    result,
    thresholds,
    comparisons: comparisons.map((comparison) => waived(comparison, { config, today })),
    findings,
  });
  return { verdict, comparing, failOn: failOnOf(config) };
}

export function failOnOf({ settings }: GateConfig): ReadonlySet<FailOn> {
  const wanted = settings["fail-on"];
  return new Set(wanted === "none" ? [] : wanted);
}

export function compareSettings({ settings, file }: GateConfig): CompareSettings {
  return {
    metrics: (file?.metrics as readonly ComparisonMetric[] | null | undefined) ?? defaultCompareSettings.metrics,
    tolerance: settings.tolerance,
    tolerances: Object.fromEntries(file?.tolerances ?? []) as CompareSettings["tolerances"],
    minEffectMs: settings["min-effect"],
    errorTolerance: settings["error-tolerance"],
    confidence: settings.confidence,
  };
}

/** A regression that is known and accepted until a day stays visible and fails nothing. */
function waived(comparison: Comparison, { config, today }: { config: GateConfig; today: string }): Comparison {
  const { endpoint, metric, outcome } = comparison;
  if (outcome !== "regressed" || endpoint === null || !config.file) return comparison;
  const waiver = waiverFor(config.file.waive, { endpoint, metric, today });
  return waiver ? { ...comparison, waived: { until: waiver.until, reason: waiver.reason } } : comparison;
}
