import { endpointLabel } from "../../stats/endpoint.ts";
import type { Comparison } from "../comparison.ts";
import { type CompareSettings, percentileOf, toleranceOf } from "../settings.ts";
import { mean } from "../statistics/prediction.ts";
import type { PastRun } from "./history.ts";
import { find } from "./past-table.ts";
import { levelPrior } from "./stored-question.ts";

/** Fewer runs than this have no past to speak of. */
const fewestRuns = 8;
const oldest = 3;

/**
 * A rolling baseline follows slow drift, a few percent at a time, and never says a word. So each endpoint is also held
 * against the oldest runs kept: told, never judged.
 */
export function slowDrift({
  comparisons,
  runs,
  settings,
}: {
  comparisons: readonly Comparison[];
  /** Newest first. */
  runs: readonly PastRun[];
  settings: CompareSettings;
}): Comparison[] {
  if (runs.length < fewestRuns) return [...comparisons];
  const past = runs.slice(-oldest);
  return comparisons.map((comparison) => {
    const { endpoint, metric, after, outcome } = comparison;
    const ratio = percentileOf(metric);
    if (!endpoint || ratio === null || after === null || outcome === "regressed") return comparison;
    const then = past.map((run) => find(run, endpointLabel(endpoint))?.latencies.quantile(ratio) ?? Number.NaN);
    const growth = Math.log(after) - mean(then.map(Math.log));
    // Two standard errors of one run against three, at the spread runs are taken to have.
    const noise = 2 * levelPrior.sd * Math.sqrt(1 + 1 / oldest);
    if (!(growth > Math.max(noise, Math.log(1 + toleranceOf(settings, metric))))) return comparison;
    const since = past.at(-1)?.startedAt.slice(0, 10);
    const percent = Math.round(100 * Math.expm1(growth));
    const warning = `${percent} % slower than the oldest runs kept (since ${since}): it came step by step`;
    return { ...comparison, warnings: [...comparison.warnings, warning] };
  });
}
