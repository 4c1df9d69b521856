import { endpointLabel } from "../../stats/endpoint.ts";
import type { Report, Series } from "../document/report.ts";
import { counted, formatMoment, formatMs } from "./format.ts";

/** Something that began or was worst at a moment of the run. `name` is of the outside, the rest our own words. */
export interface Moment {
  readonly atMs: number;
  readonly name: string | null;
  readonly text: string;
  /** A response time that changed for good within the run. */
  readonly lasting?: boolean;
  /** Something was slower than before, or than what it is compared with. */
  readonly slower?: boolean;
}

const judged = new Set<Series["phase"][number]>(["steady", "extension"]);

/** What began when: failures, exceptions, and lasting changes of response time within the run. In order of time. */
export function momentsOf(report: Report): Moment[] {
  const { series } = report;
  const lasting = [
    { name: null, p95Ms: series.p95Ms },
    ...series.endpoints.map(({ endpoint, p95Ms }) => ({ name: endpointLabel(endpoint), p95Ms })),
  ].flatMap(({ name, p95Ms }) => {
    const change = lastingChange(series, p95Ms);
    if (!change) return [];
    const verb = change.afterMs > change.beforeMs ? "rose" : "fell";
    const text = `p95 ${verb} from about ${formatMs(change.beforeMs)} to about ${formatMs(change.afterMs)} and stayed there`;
    return [{ atMs: change.atMs, name, text, lasting: true, slower: change.afterMs > change.beforeMs }];
  });
  const allAlong = regressedAllAlong(report, new Set(lasting.map(({ name }) => name)));
  const failures = report.failures.slice(0, 5).map(({ endpoint, firstMs, lastMs, count }) => ({
    atMs: firstMs,
    name: endpointLabel(endpoint),
    text:
      count === 1
        ? "failed once"
        : `first of ${counted(count, "failure")} of one kind, the last at ${formatMoment(lastMs)}`,
  }));
  const exceptions = report.exceptions.slice(0, 3).map(({ task, firstMs, count }) => ({
    atMs: firstMs,
    name: task,
    text: `first of ${counted(count, "exception")}`,
  }));
  return [...lasting, ...allAlong, ...failures, ...exceptions].sort((a, b) => a.atMs - b.atMs);
}

/** Endpoints slower than what they are compared with whose response time did not change within the run. */
function regressedAllAlong({ series, comparisons }: Report, changed: ReadonlySet<string | null>): Moment[] {
  const first = series.phase.findIndex((phase) => judged.has(phase));
  const slower = comparisons.flatMap(({ endpoint, metric, outcome, method }) =>
    outcome === "regressed" && endpoint !== null && /^p\d/.test(metric)
      ? [[endpointLabel(endpoint), method === "side-by-side" ? "base version" : "baseline"] as const]
      : [],
  );
  return [...new Map(slower)]
    .filter(([name]) => first >= 0 && !changed.has(name))
    .slice(0, 5)
    .map(([name, than]) => ({
      atMs: first * series.stepMs,
      name,
      text: `slower than the ${than} from the first judged moment on`,
      slower: true,
    }));
}

/**
 * The one moment of the judged window that parts it best into a faster and a slower half, if it does: Welch's t of the
 * logarithms above 6, three points on either side, and a fifth between the two. Noise does not reach that.
 */
export function lastingChange(
  series: Pick<Series, "stepMs" | "phase">,
  p95Ms: readonly (number | null)[],
): { atMs: number; beforeMs: number; afterMs: number } | null {
  const points = p95Ms.flatMap((ms, index) => {
    const phase = series.phase[index];
    return ms !== null && ms > 0 && phase !== undefined && judged.has(phase) ? [{ index, log: Math.log(ms) }] : [];
  });
  let best: { t: number; index: number; before: number; after: number } | null = null;
  for (let at = 3; at <= points.length - 3; at++) {
    const before = spread(points.slice(0, at).map(({ log }) => log));
    const after = spread(points.slice(at).map(({ log }) => log));
    // Two constant halves have no variance; a thousandth stands in for what rounding hides.
    const error = Math.sqrt(before.variance / before.n + after.variance / after.n) + 0.001;
    const t = Math.abs(after.mean - before.mean) / error;
    const index = points[at]?.index ?? 0;
    if (best === null || t > best.t) best = { t, index, before: before.mean, after: after.mean };
  }
  if (best === null || best.t < 6 || Math.abs(best.after - best.before) < Math.log(1.2)) return null;
  return { atMs: best.index * series.stepMs, beforeMs: Math.exp(best.before), afterMs: Math.exp(best.after) };
}

function spread(values: readonly number[]): { mean: number; variance: number; n: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1);
  return { mean, variance, n };
}
