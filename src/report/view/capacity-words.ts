import type { CapacitySection, CapacityStepRow } from "../document/capacity-schema.ts";
import type { Report, ReportComparison } from "../document/report.ts";
import { formatChange, formatNumber, formatPercent, formatRate } from "./format.ts";

/** The search for the largest load in words: our own and numbers alone, so they may stand anywhere. */

/** `640 users`, `1 user`, `120 arrivals/s`. */
export function loadInWords(load: number, unit: CapacitySection["unit"]): string {
  if (unit === "arrivals/s") return `${formatNumber(load)} arrivals/s`;
  return `${formatNumber(load)} ${load === 1 ? "user" : "users"}`;
}

/** How far the target carries, and what ended the search. */
export function foundInWords(capacity: CapacitySection): string {
  const { load, failing, unit, end, steps } = capacity;
  if (load === null) {
    const least = Math.min(...steps.map((step) => step.load));
    const keeps = `${loadInWords(least, unit)} ${least === 1 && unit === "users" ? "keeps" : "keep"} the promises`;
    const isOpen = steps.findLast((step) => step.load === least)?.outcome === "undecided";
    return isOpen ? `undecided whether even ${keeps}` : `not even ${keeps}`;
  }
  const holds = `holds ${loadInWords(load, unit)} (${formatRate(capacity.rps)})`;
  if (failing !== null) return `${holds}, not ${formatNumber(failing)}`;
  const why = { limited: "the load generator was the limit", time: "the time was over", cap: "more is not allowed" };
  return `${holds} at least: ${end in why ? why[end as keyof typeof why] : "the search ended there"}`;
}

/** `capacity fell by 38 % from 400 to 250 users (196/s), not 260`, against earlier searches. */
export function dropInWords(capacity: CapacitySection, { change, before }: ReportComparison): string {
  const size = formatChange(Math.abs(change?.estimate ?? 0)).replace(/^\+/, "");
  const word = (change?.estimate ?? 0) < 0 ? "fell" : "rose";
  const from = before === null ? "" : ` from ${formatNumber(before)}`;
  const over = capacity.failing === null ? "" : `; ${formatNumber(capacity.failing)} are too many`;
  return `capacity ${word} by ${size}${from} to ${loadInWords(capacity.load ?? 0, capacity.unit)} (${formatRate(capacity.rps)}${over})`;
}

export function comparedCapacity({ comparisons }: Report): ReportComparison | null {
  return comparisons.find(({ metric }) => metric === "capacity") ?? null;
}

/** How the largest load was looked for, in one sentence. */
export function searchInWords({ precision, steps, unit, why, failing }: CapacitySection): string {
  const loads = new Set(steps.map(({ load }) => load)).size;
  const repeated = steps.length - loads;
  const again = repeated === 0 ? "" : `, ${repeated} of them taken again`;
  const reason =
    failing === null || why === null ? "" : ` What failed at ${loadInWords(failing, unit)} stands in the table.`;
  return `${loads} loads were tried${again}, up in doublings, then to ${formatPercent(precision)}.${reason}`;
}

export const stepIcon: Record<CapacityStepRow["outcome"], string> = {
  held: "✅",
  broken: "❌",
  undecided: "🟡",
  limited: "⚠️",
  unjudged: "⚠️",
};
