import type { ComparisonMetric } from "../comparison.ts";
import { percentileOf } from "../settings.ts";
import { fewestBeyond as fewestBesideBase } from "../side-by-side/decide.ts";
import { fewestBeyond as fewestAgainstPast } from "./past-table.ts";

/** A load before it runs, as far as its locustfile tells. */
export interface ExpectedLoad {
  readonly users: number;
  /** Requests of one version; one for each task, answered at once. */
  readonly perSecond: number;
  /** What is asked, with its share of the requests, 0 to 1. */
  readonly tasks: readonly { readonly name: string; readonly share: number }[];
}

/**
 * What this load will be too small to see, in one sentence for the log; null where every task makes enough requests
 * for the highest percentile that is compared. An estimate: what responses take, and tasks that send more or less than
 * one request, are not known yet.
 * @param judgedMs how long the run is judged at the most
 */
export function foresight(
  load: ExpectedLoad,
  {
    sideBySide,
    metrics,
    judgedMs,
    byRate = false,
  }: { sideBySide: boolean; metrics: readonly ComparisonMetric[]; judgedMs: number; byRate?: boolean },
): string | null {
  const ratios = metrics.map(percentileOf).filter((ratio) => ratio !== null);
  const ratio = Math.max(...ratios);
  if (ratios.length === 0 || judgedMs <= 0) return null;
  const fewest = sideBySide ? fewestBesideBase : fewestAgainstPast;
  const needed = Math.ceil(fewest / Math.min(ratio, 1 - ratio) - 1e-9);
  const requestsOf = (share: number) => (load.perSecond * share * judgedMs) / 1000;
  const enough = load.tasks.filter(({ share }) => requestsOf(share) >= needed).length;
  const rarest = load.tasks.at(-1);
  if (!rarest || enough === load.tasks.length) return null;
  const factor = needed / requestsOf(rarest.share);
  const more = byRate
    ? `an arrival rate of about ${roundUp(load.perSecond * factor)}/s`
    : `about ${roundUp(load.users * factor)} users`;
  const percentile = `p${Number((ratio * 100).toPrecision(6))}`;
  const all = load.tasks.length;
  return (
    `This load makes about ${Number(load.perSecond.toPrecision(2))} requests/s, enough to compare ${percentile} for ` +
    `${enough === 0 ? "none" : enough} of ${all} ${all === 1 ? "task" : "tasks"} in ${Math.round(judgedMs / 1000)} s ` +
    `(${needed} requests each are needed). To compare ${all === 1 ? "it" : "all"}, use ${more} or a longer run time.`
  );
}

/** Two significant digits, upward: half a user more is better than one too few. */
function roundUp(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / step - 1e-9) * step;
}
