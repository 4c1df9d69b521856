import { endpointLabel } from "../../stats/endpoint.ts";
import { intervalConfidence } from "../../verdict/comparison.ts";
import type { Report, ReportComparison, ReportThreshold } from "../document/report.ts";
import {
  changeUnit,
  formatChange,
  formatCompared,
  formatInterval,
  formatMsChange,
  formatNumber,
  formatPercent,
  formatPromised,
} from "./format.ts";

/**
 * One line. Everything but the culprit's name is our own words and numbers; the name stands apart so that each surface
 * can enclose it.
 */
export interface Headline {
  readonly icon: string;
  readonly before: string;
  readonly culprit: string | null;
  readonly after: string;
}

export type Words = Omit<Headline, "icon">;

export function words(before: string): Words {
  return { before, culprit: null, after: "" };
}

/** `of …` as the culprit's name and the words after it; without an endpoint, just the words. */
export function subject(
  what: { endpoint: ReportComparison["endpoint"] },
  after: string,
): Pick<Words, "culprit" | "after"> {
  return what.endpoint === null
    ? { culprit: null, after }
    : { culprit: endpointLabel(what.endpoint), after: ` ${after}` };
}

/** What the verdict is about; what was set apart is not. */
export function comparedCount({
  regressed,
  waived,
  improved,
  inconclusive,
  couldNotTell,
  unchanged,
}: Report["tally"]): number {
  return regressed + waived + improved + inconclusive + couldNotTell + unchanged;
}

/** Relative changes from here on are told as a multiple: nobody reads 1,750 %. */
const manifold = 3;

/** `38 % slower`, `18 times as slow`; `12 % faster`. */
function sizeInWords(estimate: number): string {
  if (estimate >= manifold) return `${formatNumber(1 + estimate)} times as slow`;
  return `${formatChange(Math.abs(estimate)).replace(/^\+/, "")} ${estimate < 0 ? "faster" : "slower"}`;
}

/** What the comparison was about, as it begins a sentence. */
function nameOf(metric: string): string {
  return metric === "suite" ? "the run as a whole" : metric;
}

/** `p95 is 38 % slower (+84 ms, 95 % interval +29 … +48 %)`. */
export function changeInWords(comparison: ReportComparison): string {
  const { metric, change, before, after } = comparison;
  const estimate = change?.estimate ?? 0;
  const unit = changeUnit(metric);
  const interval = formatInterval(change, unit);
  const bounded = interval === "–" ? "" : `${formatPercent(intervalConfidence)} interval ${interval}`;
  const verb = estimate < 0 ? "fell" : "rose";
  const step = `from ${formatCompared(metric, before)} to ${formatCompared(metric, after)}`;
  if (metric === "errors") return `errors ${verb} ${step}${bounded ? ` (${bounded})` : ""}`;
  if (metric === "stalls") return `the times it stood still ${verb} ${step}`;
  if (metric === "capacity" || metric === "throughput") {
    const size = formatChange(Math.abs(estimate)).replace(/^\+/, "");
    return `${metric} ${verb} by ${size} ${step}${bounded ? ` (${bounded})` : ""}`;
  }
  const difference = before !== null && after !== null ? formatMsChange(after - before) : "";
  const facts = [difference, bounded].filter((fact) => fact !== "");
  return `${nameOf(metric)} is ${sizeInWords(estimate)}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
}

/** `p95 may be 3 % faster or up to 22 % slower`; `errors may be up by 0.2 to 3.1 percentage points`. */
export function openInWords({ metric, change }: ReportComparison): string {
  const { low = null, high = null } = change ?? {};
  if (low === null || high === null) return `${nameOf(metric)} cannot be compared`;
  if (metric === "errors") {
    return `errors may have changed by ${formatInterval(change, "points").replace("pp", "percentage points")}`;
  }
  if (metric === "throughput") return `throughput may have changed by ${formatInterval(change)}`;
  const part = (bound: number) => formatChange(Math.abs(bound)).replace(/^\+/, "");
  if (low >= 0) return `${nameOf(metric)} may be ${part(low)} to ${part(high)} slower`;
  if (high <= 0) return `${nameOf(metric)} may be ${part(high)} to ${part(low)} faster`;
  return `${nameOf(metric)} may be up to ${part(low)} faster or up to ${part(high)} slower`;
}

/** `p99 is 812 ms, promised < 800 ms`; `p99: no request, promised < 800 ms`. */
export function brokenInWords(threshold: ReportThreshold): string {
  const promised = `promised ${threshold.operator} ${formatPromised(threshold.unit, threshold.expected)}`;
  const metric = /^[a-z0-9.()]+$/i.test(threshold.metric) ? threshold.metric : "a metric";
  const isMany = /^(?:errors|failures|requests)$/.test(metric);
  if (threshold.actual === null) return `${metric} ${isMany ? "have" : "has"} no data, ${promised}`;
  const isKept = holds(threshold);
  const { unit, interval } = threshold;
  const open =
    isKept && interval
      ? `, but with so few requests it may be ${formatPromised(unit, interval[threshold.operator.startsWith("<") ? 1 : 0])}`
      : "";
  return `${metric} ${isMany ? "are" : "is"} ${formatPromised(unit, threshold.actual)}, ${promised}${open}`;
}

/** Whether the number by itself keeps the promise: then only its interval is past the limit. */
export function holds({ actual, expected, operator }: ReportThreshold): boolean {
  if (actual === null) return false;
  switch (operator) {
    case "<":
      return actual < expected;
    case "<=":
      return actual <= expected;
    case ">":
      return actual > expected;
    case ">=":
      return actual >= expected;
    case "==":
      return actual === expected;
    case "!=":
      return actual !== expected;
  }
}
