import type { CapacitySection } from "../document/capacity-schema.ts";
import { stepsByLoad } from "../document/capacity-section.ts";
import type { Report } from "../document/report.ts";
import { searchInWords, stepIcon } from "../view/capacity-words.ts";
import { formatDuration, formatMs, formatNumber, formatPercent, nothing } from "../view/format.ts";
import type { Column } from "../view/rows-that-matter.ts";
import { code } from "../view/safe-text.ts";
import { fixedPart, type Part } from "./fit.ts";
import { details, tablePart } from "./table.ts";

/** Every load that was tried, and what it came to; nothing in the report of one run. */
export function capacityPart({ capacity }: Report, tier: number): Part | null {
  if (capacity === null || capacity.steps.length === 0) return null;
  const isUsers = capacity.unit === "users";
  const columns: Column[] = [
    { title: "", align: "center" },
    { title: isUsers ? "Users" : "Arrivals/s", align: "right" },
    { title: "Requests/s", align: "right" },
    { title: "p50", align: "right" },
    { title: "p95", align: "right" },
    { title: "p99", align: "right" },
    { title: "Errors", align: "right" },
    { title: "Generator busy", align: "right" },
    { title: "Judged", align: "right" },
    { title: "Why not" },
  ];
  const cells = stepsByLoad(capacity).map((step) => [
    stepIcon[step.outcome],
    step.load === capacity.load ? `**${formatNumber(step.load)}**` : formatNumber(step.load),
    formatNumber(step.rps),
    formatMs(step.p50Ms),
    formatMs(step.p95Ms),
    formatMs(step.p99Ms),
    formatPercent(step.errorRatio),
    formatPercent(step.utilization),
    formatDuration(step.windowMs),
    step.why === null ? nothing : code(step.why, 160),
  ]);
  return tablePart({ tier, columns, cells, wrap: (table) => `${table}\n\n${searchInWords(capacity)}` });
}

/** Response time against load. Labels come from here alone; which line is which stands beside it. */
export function capacityChartPart({ capacity }: Report, tier: number): Part | null {
  if (capacity === null) return null;
  const chart = capacityChart(capacity);
  if (chart === null) return null;
  return fixedPart(tier, details("Response time against load", `Upper line p95, lower line p50.\n\n${chart}`));
}

function capacityChart(capacity: CapacitySection): string | null {
  const timed = stepsByLoad(capacity).filter(({ p50Ms, p95Ms }) => p50Ms !== null && p95Ms !== null);
  const top = Math.max(0, ...timed.map(({ p95Ms }) => p95Ms ?? 0));
  if (timed.length < 2 || top === 0) return null;
  const short = (value: number | null) => Number((value ?? 0).toPrecision(3));
  return [
    "```mermaid",
    "xychart-beta",
    '  title "Response time against load"',
    `  x-axis "${capacity.unit === "users" ? "users" : "arrivals per second"}" [${timed.map(({ load }) => short(load)).join(", ")}]`,
    `  y-axis "milliseconds" 0 --> ${short(top * 1.1)}`,
    `  line [${timed.map(({ p95Ms }) => short(p95Ms)).join(", ")}]`,
    `  line [${timed.map(({ p50Ms }) => short(p50Ms)).join(", ")}]`,
    "```",
  ].join("\n");
}
