import { endpointLabel } from "../../stats/endpoint.ts";
import { intervalConfidence } from "../../verdict/comparison.ts";
import { type CommonShift, movedMore } from "../../verdict/side-by-side/common-shift.ts";
import type { Report, ReportComparison, ReportRow, ReportThreshold } from "../document/report.ts";
import {
  changeUnit,
  formatChange,
  formatCompared,
  formatCount,
  formatDetectable,
  formatInterval,
  formatMsChange,
  formatPercent,
  formatPromised,
  formatRate,
  nothing,
} from "./format.ts";
import { code } from "./safe-text.ts";
import { shiftOf, throughputInWords } from "./shift-words.ts";

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

/** What of an endpoint outweighs how its p95 fared. */
const gravest: readonly ReportComparison["outcome"][] = ["regressed", "inconclusive", "missing", "improved"];

/**
 * Of a row of all endpoints: the gravest that is known of the endpoint, of whatever metric, promises included. A
 * regression that is waived is a warning there, too.
 */
export function rowIcon({ comparisons, thresholds }: Report, { endpoint, outcome }: ReportRow): string {
  const label = endpointLabel(endpoint);
  const isOwn = (one: { endpoint: ReportComparison["endpoint"] }) =>
    one.endpoint !== null && endpointLabel(one.endpoint) === label;
  if (comparisons.some((one) => isOwn(one) && isWithTheRest(one))) return comparisonIcon.regressed;
  const promised = thresholds.filter(isOwn).map((one) => one.outcome);
  if (promised.some((one) => one === "fail" || one === "no-data")) return comparisonIcon.regressed;
  const own = comparisons.filter(isOwn);
  const isNamed = (wanted: ReportComparison["outcome"]) =>
    outcome === wanted || own.some((one) => one.outcome === wanted && one.waived === null);
  if (own.some(({ waived }) => waived !== null) && !own.some((one) => one.outcome === "regressed" && !one.waived)) {
    return thresholdIcon.warn;
  }
  if (promised.includes("warn") && !isNamed("regressed")) return thresholdIcon.warn;
  const worst = gravest.find(isNamed) ?? outcome ?? undefined;
  return worst === undefined ? "" : comparisonIcon[worst];
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

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right" | "center";
}

export function matterColumns(report: Report): Column[] {
  return [
    { title: "", align: "center" },
    { title: "Endpoint" },
    { title: "Metric" },
    { title: beforeTitle(report), align: "right" },
    { title: "Now", align: "right" },
    { title: "Change", align: "right" },
    { title: `${formatPercent(intervalConfidence)} interval`, align: "right" },
    { title: "Limit", align: "right" },
    { title: "Detectable", align: "right" },
    { title: "Requests", align: "right" },
  ];
}

/** Whose numbers stand there: a commit's only where they are of that commit alone. */
function beforeTitle({ baseCommit, baseline, comparing }: Report): string {
  if (comparing.mode === "side-by-side") return baseCommit ? `Before ${baseCommit.slice(0, 7)}` : "Before";
  if (!baseline.found) return "Before";
  if (baseline.runs > 1) return `Before (${formatCount(baseline.runs)} runs)`;
  return baseline.commit ? `Before ${baseline.commit.slice(0, 7)}` : "Before";
}

/** Slower as everything is: not to blame, and not open either. */
export function isWithTheRest({ outcome, withTheRest }: ReportComparison): boolean {
  return outcome === "inconclusive" && withTheRest === true;
}

/** The comparison a row of all endpoints shows. */
export function shownOf({ comparisons }: Report, { endpoint }: ReportRow): ReportComparison | undefined {
  const label = endpointLabel(endpoint);
  return comparisons.find((one) => one.metric === "p95" && one.endpoint && endpointLabel(one.endpoint) === label);
}

export function comparisonRow(comparison: ReportComparison): string[] {
  const { metric, waived, change } = comparison;
  const outcome = isWithTheRest(comparison) ? "regressed" : comparison.outcome;
  const unit = changeUnit(metric);
  const news = outcome === "regressed" || outcome === "improved";
  const estimate = formatChange(change?.estimate ?? null, unit);
  const sees = comparison.smallestDetectable;
  return [
    waived ? "⚠️" : comparisonIcon[outcome],
    endpointCell(comparison.endpoint),
    waived ? `${metricCell(metric)} (waived)` : metricCell(metric),
    formatCompared(metric, comparison.before),
    formatCompared(metric, comparison.after),
    // Bold marks what was established; the rest may be noise.
    news && estimate !== nothing ? `**${estimate}**` : estimate,
    formatInterval(change, unit),
    formatChange(metric === "capacity" || metric === "throughput" ? -comparison.tolerance : comparison.tolerance, unit),
    formatDetectable(sees, unit),
    formatCount(comparison.n),
  ];
}

/** What stands in the column of metrics: words that need no page of ours to be understood. */
export function metricCell(metric: string): string {
  if (metric === "suite") return "whole run";
  return metric === "stalls" ? "times it stood still" : metric;
}

function thresholdRow(threshold: ReportThreshold): string[] {
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
  const shift = report.verdict.conclusion === "fail" ? shiftOf(report) : null;
  const compared = (wanted: (c: ReportComparison) => boolean) => report.comparisons.filter(wanted).map(comparisonRow);
  const promised = (...outcomes: ReportThreshold["outcome"][]) =>
    report.thresholds.filter(({ outcome }) => outcomes.includes(outcome)).map(thresholdRow);
  const regressed = [
    ...(shift ? [...throughputRow(report), shiftRow(shift)] : []),
    ...compared(({ outcome, waived, endpoint }) => {
      if (outcome !== "regressed" || waived) return false;
      // Where everything moved, whoever moved as the rest did stands among them further down.
      return !shift || endpoint === null || movedMore(shift, endpoint);
    }),
  ];
  const broken = promised("fail", "no-data");
  const reserved = Math.min(2, broken.length);
  return [
    ...regressed.slice(0, most - reserved),
    ...broken,
    ...compared(({ outcome, waived }) => outcome === "regressed" && waived !== null),
    ...promised("warn", "undecided"),
    ...compared((one) => one.outcome === "inconclusive" && !(shift && isWithTheRest(one))),
    ...compared(({ outcome }) => outcome === "improved"),
  ].slice(0, most);
}

/** What moved as one is one row; each endpoint has its own further down. */
function shiftRow({ metric, moved, compared, by, size, range }: CommonShift): string[] {
  const who = moved === compared ? "every endpoint" : `${formatCount(moved)} of ${formatCount(compared)} endpoints`;
  const text = (value: number) => (by === "ms" ? formatMsChange(value) : formatChange(value));
  const rounded = Number(size.toPrecision(2));
  const change = range ? `${text(range[0])} to ${text(range[1])}` : `about ${text(rounded)}`;
  return [comparisonIcon.regressed, who, metric, nothing, nothing, `**${change}**`, nothing, nothing, nothing, nothing];
}

function throughputRow(report: Report): string[][] {
  if (throughputInWords(report) === "") return [];
  // Where it is judged, its comparison has a row.
  if (report.comparisons.some(({ metric }) => metric === "throughput")) return [];
  const { before, now, change = null } = report.throughput as NonNullable<Report["throughput"]>;
  const estimate = formatChange(change?.estimate ?? (before === null ? null : now / before - 1));
  const requests = formatCount(report.total?.head?.requests ?? 0);
  const rate = [formatRate(before), formatRate(now), estimate, formatInterval(change)];
  return [["", endpointCell(null), "throughput", ...rate, nothing, nothing, requests]];
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
  return `Compared ${how}${mixed} (${limits}). Detectable is the smallest change that would have shown in nine of ten runs.`;
}
