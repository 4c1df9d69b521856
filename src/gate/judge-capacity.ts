import type { GateConfig } from "../config/gate-config.ts";
import { evaluate, settle } from "../slo/evaluate.ts";
import { warning } from "../stats/run-result.ts";
import { compareCapacity, openEnd } from "../verdict/capacity/capacity.ts";
import { withoutBaseline } from "../verdict/stored/stored-baseline.ts";
import { judge } from "../verdict/verdict-of.ts";
import { waive } from "../verdict/waivers.ts";
import { loadsOf, type Searched } from "./capacity.ts";
import { compareSettings, failOnOf, type Judged, overdue } from "./judge.ts";
import type { Past } from "./load-baseline.ts";

/**
 * Judges what a search for the largest load found. The promises are those of the step shown: kept at the largest load
 * that holds, broken where none does. Pure: `today` (`2026-12-24`, in UTC) is all it knows of the clock.
 */
export function judgeCapacity(
  { capacity, result, history }: Searched,
  { config, past, today }: { config: GateConfig; past: Past; today: string },
): Judged {
  const comparing = compareSettings(config);
  const comparison = compareCapacity(capacity, { past: loadsOf(history), settings: comparing });
  const comparisons = comparison ? waive([comparison], { waivers: config.file?.waive ?? [], today }) : [];
  const whyNot = past.whyNot ?? history.incomparable?.message ?? null;
  const verdict = judge({
    result,
    thresholds: settle(evaluate(config.thresholds, result.blocks)),
    // Whether a past was asked for is known here: a capacity alone is no reason for anything.
    comparisons: comparisons.filter(({ outcome }) => outcome !== "no-baseline"),
    findings: [
      ...openEnd(capacity, comparison),
      ...(past.wanted && whyNot !== null ? [withoutBaseline(whyNot, history.incomparable?.why)] : []),
    ],
  });
  return {
    verdict: { ...verdict, comparisons },
    comparing,
    failOn: failOnOf(config),
    history: history.records,
    whyNot,
    incomparable: history.incomparable?.why ?? null,
    warnings: [...history.warnings.map((note) => warning("baseline", note)), ...overdue(config, today)],
  };
}
