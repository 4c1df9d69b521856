import type { ThresholdResult } from "../../slo/promise.ts";
import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { Summary, SummaryRow } from "../../stats/summary.ts";
import type { Comparison } from "../../verdict/comparison.ts";
import { clipEndpoint, clipText, ratioOf, sizeOrNull, tidy, tidyOrNull, tidySize, whole } from "./clip.ts";
import type { Report, ReportComparison, ReportNumbers, ReportRow, ReportThreshold } from "./report.ts";
import { bounds } from "./report-schema.ts";

export function numbersOf(row: SummaryRow): ReportNumbers {
  return {
    requests: whole(row.requests),
    failures: whole(row.failures),
    ...(row.retried > 0 && { retried: whole(row.retried) }),
    ...(row.fired > 0 && { fired: whole(row.fired) }),
    errorRatio: ratioOf(row.errorRatio),
    rps: tidySize(row.rps),
    failuresPerSecond: tidySize(row.failuresPerSecond),
    avgMs: sizeOrNull(row.avgMs),
    minMs: sizeOrNull(row.minMs),
    maxMs: sizeOrNull(row.maxMs),
    percentilesMs: Array.from({ length: 11 }, (_, i) => sizeOrNull(row.percentilesMs[i])),
    bytesIn: whole(row.bytesIn),
  };
}

/** Head and base side by side, sorted by method and name; `vanished` are endpoints only a stored baseline knows. */
export function rowsOf(summary: Summary, comparisons: readonly Comparison[]): ReportRow[] {
  const rows = new Map<string, { endpoint: Endpoint; head: SummaryRow | null; base: SummaryRow | null }>();
  for (const row of summary.endpoints) {
    const key = keyOf(row.endpoint);
    const mine = rows.get(key) ?? { endpoint: row.endpoint, head: null, base: null };
    mine[row.arm] = row;
    rows.set(key, mine);
  }
  const byEndpoint = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    if (!comparison.endpoint) continue;
    const key = keyOf(comparison.endpoint);
    byEndpoint.set(key, [...(byEndpoint.get(key) ?? []), comparison]);
    if (!rows.has(key)) rows.set(key, { endpoint: comparison.endpoint, head: null, base: null });
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { endpoint, head, base }]) => {
      const own = byEndpoint.get(key) ?? [];
      const p95 = own.find(({ metric }) => metric === "p95") ?? own.find(({ metric }) => /^p\d/.test(metric));
      return {
        endpoint: clipEndpoint(endpoint),
        head: head && numbersOf(head),
        base: base && numbersOf(base),
        change: p95?.change ? changeOf(p95.change) : null,
        outcome: p95?.outcome ?? null,
        presence: presenceOf({ head, base, own }),
      };
    });
}

function presenceOf(row: { head: unknown; base: unknown; own: readonly Comparison[] }): ReportRow["presence"] {
  const known = row.own.some(({ before }) => before !== null);
  if (row.head === null) return "vanished";
  if (row.base !== null || known) return "both";
  // Without a comparison nothing is new: there was nothing to be new to.
  return row.own.some(({ outcome, after }) => outcome === "no-baseline" && after !== null) ? "new" : "both";
}

function keyOf({ method, name }: Endpoint): string {
  return `${method}\u0000${name}`;
}

export function changeOf(change: NonNullable<Comparison["change"]>): NonNullable<ReportComparison["change"]> {
  return { estimate: tidy(change.estimate), low: tidyOrNull(change.low), high: tidyOrNull(change.high) };
}

const comparisonWeight: Record<Comparison["outcome"], number> = {
  regressed: 0,
  inconclusive: 2,
  missing: 3,
  improved: 4,
  "could-not-tell": 5,
  unchanged: 6,
  "no-baseline": 7,
};

/** Worst first: regressions by size, waived ones after them, then what is undecided, improved, unchanged. */
export function comparisonsOf(comparisons: readonly Comparison[]): ReportComparison[] {
  const weight = (c: Comparison) => comparisonWeight[c.outcome] + (c.outcome === "regressed" && c.waived ? 1 : 0);
  // Errors come before latencies of the same weight, the percentage points count ten times.
  const size = (c: Comparison) => Math.abs(c.change?.estimate ?? 0) * (c.metric === "errors" ? 10 : 1);
  const label = (c: Comparison) => `${c.endpoint ? endpointLabel(c.endpoint) : ""} ${c.metric}`;
  return [...comparisons]
    .sort((a, b) => weight(a) - weight(b) || size(b) - size(a) || (label(a) < label(b) ? -1 : 1))
    .slice(0, bounds.comparisons)
    .map((c) => ({
      endpoint: c.endpoint && clipEndpoint(c.endpoint),
      metric: c.metric,
      method: c.method,
      before: tidyOrNull(c.before),
      after: tidyOrNull(c.after),
      change: c.change && changeOf(c.change),
      p: c.p === null ? null : ratioOf(c.p),
      n: whole(c.n),
      tolerance: tidySize(c.tolerance),
      smallestDetectable: sizeOrNull(c.smallestDetectable),
      outcome: c.outcome,
      ...(c.notJudged && { notJudged: c.notJudged }),
      ...(c.confirmation && { confirmation: c.confirmation }),
      ...(c.unseenMachine && { unseenMachine: true }),
      ...(c.withTheRest && { withTheRest: true }),
      ...(c.renamedTo && { renamedTo: clipEndpoint(c.renamedTo) }),
      waived: c.waived ? { until: clipText(c.waived.until, 40), reason: clipText(c.waived.reason) } : null,
      warnings: c.warnings.slice(0, 10).map((text) => clipText(text)),
      explanation: c.explanation.slice(0, 10).map((text) => clipText(text)),
    }));
}

const thresholdWeight: Record<ThresholdResult["outcome"], number> = {
  fail: 0,
  "no-data": 1,
  undecided: 2,
  warn: 3,
  pass: 4,
};

/** Broken ones first, otherwise in the order they were written. */
export function thresholdsOf(thresholds: readonly ThresholdResult[]): ReportThreshold[] {
  return thresholds
    .map((threshold, index) => ({ threshold, index }))
    .sort((a, b) => thresholdWeight[a.threshold.outcome] - thresholdWeight[b.threshold.outcome] || a.index - b.index)
    .slice(0, bounds.thresholds)
    .map(({ threshold: t }) => ({
      source: clipText(t.source, bounds.name),
      place: t.place === null ? null : clipText(t.place, bounds.name),
      endpoint: t.endpoint && clipEndpoint(t.endpoint),
      metric: clipText(t.metric, 40),
      unit: t.unit,
      operator: t.operator,
      expected: tidy(t.expected),
      actual: tidyOrNull(t.actual),
      interval: t.interval && [tidy(t.interval[0]), tidy(t.interval[1])],
      n: whole(t.n),
      outcome: t.outcome,
      message: clipText(t.message),
    }));
}

/** Counts of everything, before any list is cut. */
export function tallyOf(input: {
  rows: readonly ReportRow[];
  comparisons: readonly Comparison[];
  thresholds: readonly ThresholdResult[];
  failureGroups: number;
  exceptions: number;
}): Report["tally"] {
  const outcomes = (outcome: Comparison["outcome"], waived: boolean) =>
    input.comparisons.filter((c) => c.outcome === outcome && (c.waived !== undefined) === waived).length;
  const all = (outcome: Comparison["outcome"]) => outcomes(outcome, false) + outcomes(outcome, true);
  const promised = (...of: ThresholdResult["outcome"][]) =>
    input.thresholds.filter(({ outcome }) => of.includes(outcome)).length;
  return {
    endpoints: input.rows.length,
    regressed: outcomes("regressed", false),
    waived: outcomes("regressed", true),
    improved: all("improved"),
    unchanged: all("unchanged"),
    inconclusive: all("inconclusive"),
    couldNotTell: input.comparisons.filter((c) => c.outcome === "could-not-tell" && !c.notJudged).length,
    missing: all("missing"),
    notJudged: input.comparisons.filter(({ notJudged }) => notJudged).length,
    noBaseline: all("no-baseline"),
    thresholds: input.thresholds.length,
    met: promised("pass"),
    broken: promised("fail", "no-data"),
    warned: promised("warn"),
    failureGroups: input.failureGroups,
    exceptions: input.exceptions,
  };
}
