import { endpointLabel } from "../stats/endpoint.ts";
import { intervalConfidence } from "../verdict/comparison.ts";
import {
  changeUnit,
  formatChange,
  formatCompared,
  formatCount,
  formatInterval,
  formatPercent,
  formatPromised,
  nothing,
} from "./format.ts";
import type { Report, ReportComparison, ReportRow, ReportThreshold } from "./report.ts";
import { code } from "./safe-text.ts";
import type { Column } from "./table.ts";

/** What stands before a row; every sign differs in shape, not only in colour. */
export const comparisonIcon: Record<ReportComparison["outcome"], string> = {
  regressed: "❌",
  improved: "🚀",
  unchanged: "➖",
  inconclusive: "🟡",
  "could-not-tell": "❔",
  missing: "❗",
  "no-baseline": "🆕",
};

/** Of a row of all endpoints, which tells the p95: a regression that is waived is a warning there, too. */
export function rowIcon({ comparisons }: Report, { endpoint, outcome }: ReportRow): string {
  if (outcome === null) return "";
  const label = endpointLabel(endpoint);
  const isWaived = comparisons.some(
    (one) => one.metric === "p95" && one.waived !== null && one.endpoint && endpointLabel(one.endpoint) === label,
  );
  return isWaived ? "⚠️" : comparisonIcon[outcome];
}

export const thresholdIcon: Record<ReportThreshold["outcome"], string> = {
  pass: "✅",
  warn: "⚠️",
  fail: "❌",
  "no-data": "❌",
  undecided: "🟡",
};

/** An endpoint's name in a cell; all of them together where there is none. */
export function endpointCell(endpoint: ReportComparison["endpoint"], max = 80): string {
  return endpoint === null ? "all requests" : code(endpointLabel(endpoint), max);
}

export function matterColumns(report: Report): Column[] {
  return [
    { title: "", align: "center" },
    { title: "Endpoint" },
    { title: "Metric" },
    { title: report.baseCommit || report.baseline.commit ? `Before ${shortSha(report)}` : "Before", align: "right" },
    { title: "Now", align: "right" },
    { title: "Change", align: "right" },
    { title: `${formatPercent(intervalConfidence)} interval`, align: "right" },
    { title: "Limit", align: "right" },
    { title: "Could see", align: "right" },
    { title: "n", align: "right" },
  ];
}

function shortSha({ baseCommit, baseline }: Report): string {
  return (baseCommit ?? baseline.commit ?? "").slice(0, 7);
}

export function comparisonRow(comparison: ReportComparison): string[] {
  const { metric, outcome, waived, change } = comparison;
  const unit = changeUnit(metric);
  const news = outcome === "regressed" || outcome === "improved";
  const estimate = formatChange(change?.estimate ?? null, unit);
  const sees = comparison.smallestDetectable;
  return [
    waived ? "⚠️" : comparisonIcon[outcome],
    endpointCell(comparison.endpoint),
    waived ? `${metric} (waived)` : metric,
    formatCompared(metric, comparison.before),
    formatCompared(metric, comparison.after),
    // Bold marks what was established; the rest may be noise.
    news && estimate !== nothing ? `**${estimate}**` : estimate,
    formatInterval(change, unit),
    formatChange(metric === "capacity" ? -comparison.tolerance : comparison.tolerance, unit),
    sees === null ? nothing : formatChange(sees, unit).replace(/^\+/, ""),
    formatCount(comparison.n),
  ];
}

export function thresholdRow(threshold: ReportThreshold): string[] {
  const { unit, interval, operator } = threshold;
  const value = (number: number | null) => formatPromised(unit, number);
  return [
    thresholdIcon[threshold.outcome],
    endpointCell(threshold.endpoint),
    `SLO ${code(threshold.metric, 40)}`,
    nothing,
    threshold.actual === null ? "no data" : value(threshold.actual),
    nothing,
    interval === null ? nothing : `${value(interval[0])} … ${value(interval[1])}`,
    `${operator.replace("<", "&lt;").replace(">", "&gt;")} ${value(threshold.expected)}`,
    nothing,
    formatCount(threshold.n),
  ];
}

/** At most five rows a reader must see: regressions and broken promises share the room, then the rest. */
export function rowsThatMatter(report: Report, most = 5): string[][] {
  const compared = (wanted: (c: ReportComparison) => boolean) => report.comparisons.filter(wanted).map(comparisonRow);
  const promised = (...outcomes: ReportThreshold["outcome"][]) =>
    report.thresholds.filter(({ outcome }) => outcomes.includes(outcome)).map(thresholdRow);
  const regressed = compared(({ outcome, waived }) => outcome === "regressed" && !waived);
  const broken = promised("fail", "no-data");
  const reserved = Math.min(2, broken.length);
  return [
    ...regressed.slice(0, most - reserved),
    ...broken,
    ...compared(({ outcome, waived }) => outcome === "regressed" && waived !== null),
    ...promised("warn", "undecided"),
    ...compared(({ outcome }) => outcome === "inconclusive"),
    ...compared(({ outcome }) => outcome === "improved"),
  ].slice(0, most);
}

/** Everything worth telling that changes no number: the run's warnings, and those of its comparisons once each. */
export function noticesOf(report: Report): Report["warnings"] {
  const { comparisons } = report;
  const messages = [...new Set(comparisons.flatMap(({ warnings }) => warnings))].slice(0, 20);
  return [...report.warnings, ...messages.map((message) => ({ code: "comparison", message: ofWhich(message) }))];

  /** What only some comparisons are warned of names their endpoints. */
  function ofWhich(message: string): string {
    const warned = comparisons.filter(({ warnings }) => warnings.includes(message));
    if (warned.length === comparisons.length) return message;
    const names = [...new Set(warned.map(({ endpoint, metric }) => (endpoint ? endpointLabel(endpoint) : metric)))];
    const rest = names.length > 4 ? ` and ${names.length - 3} more` : "";
    return `${names.slice(0, rest === "" ? 4 : 3).join(", ")}${rest}: ${message}`;
  }
}

/** The rule that decided, in a sentence; empty where nothing was compared. */
export function ruleInWords(report: Report): string {
  const { comparing, comparisons } = report;
  const compared = comparisons.filter(({ outcome }) => outcome !== "no-baseline" && outcome !== "missing");
  if (compared.length === 0) return "";
  const methods = new Set(compared.map(({ method }) => method));
  const limits = `tolerance ${formatPercent(comparing.tolerance)} and ${comparing.minEffectMs}\u202fms, errors ${formatChange(comparing.errorTolerance, "points").replace("+", "")}`;
  const how = methods.has("side-by-side")
    ? `side by side at ${formatPercent(comparing.confidence)} confidence over the whole pull request`
    : methods.has("baseline")
      ? `with the stored baseline at ${formatPercent(comparing.confidence)} confidence over the whole pull request`
      : "by the simple percentage rule, which gives no confidence";
  const mixed = methods.size > 1 && methods.has("simple-percentage") ? ", some by the simple percentage rule" : "";
  const seen = comparing.smallestDetectable;
  const sees = seen === null ? "" : ` A change of p95 of ${formatPercent(seen)} or more would have been seen.`;
  return `Compared ${how}${mixed} (${limits}).${sees}`;
}
