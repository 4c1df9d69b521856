import { ours } from "../../base/sentence.ts";
import { endpointLabel } from "../../stats/endpoint.ts";
import { type Comparison, withNotes } from "../comparison.ts";
import { type CompareSettings, percentileOf, toleranceOf } from "../settings.ts";
import { mean } from "../statistics/prediction.ts";
import type { PastRun } from "./history.ts";
import { find } from "./past-table.ts";
import { levelPrior } from "./stored-question.ts";

/** Fewer runs than this have no past to speak of. */
const fewestRuns = 8;
const oldest = 3;
const newest = 3;

/**
 * A rolling baseline follows slow drift, a few percent at a time, and never says a word. So each endpoint is also held
 * against the oldest runs kept: a warning, never judged. What is slower than the newest runs as well came at once.
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
    const { endpoint, metric, after, outcome, tolerance } = comparison;
    const ratio = percentileOf(metric);
    if (!endpoint || ratio === null || after === null || outcome === "regressed") return comparison;
    const growthSince = (some: readonly PastRun[]) => {
      const then = some.map((run) => find(run, endpointLabel(endpoint))?.latencies.quantile(ratio) ?? Number.NaN);
      return Math.log(after) - mean(then.map(Math.log));
    };
    const growth = growthSince(past);
    if (growthSince(runs.slice(0, newest)) >= Math.log(1 + tolerance)) return comparison;
    // Two standard errors of one run against three, at the spread runs are taken to have.
    const noise = 2 * levelPrior.sd * Math.sqrt(1 + 1 / oldest);
    if (!(growth > Math.max(noise, Math.log(1 + toleranceOf(settings, metric))))) return comparison;
    const since = past.at(-1)?.startedAt.slice(0, 10);
    const percent = Math.round(100 * Math.expm1(growth));
    const warning = ours(`${percent} % slower than the oldest runs kept (since ${since}): it got slower step by step`);
    return withNotes(comparison, { warnings: [warning] });
  });
}
