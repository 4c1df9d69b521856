import type { Endpoint } from "../stats/endpoint.ts";
import { endpointLabel } from "../stats/endpoint.ts";
import type { FailureGroup } from "../stats/failures.ts";
import { type Summary, shownPercentiles } from "../stats/summary.ts";
import type { CapacitySection } from "./document/capacity-schema.ts";
import { stepsByLoad } from "./document/capacity-section.ts";
import type { Report, ReportNumbers } from "./document/report.ts";
import { changeSides, gateChangesTitle } from "./markdown/gate-changes.ts";
import { loadInWords } from "./view/capacity-words.ts";
import { countedApartTables } from "./view/counted-apart.ts";
import { counted, formatMs, formatPercent, formatPromised, formatRate, plain } from "./view/format.ts";
import { headlineText, stepInWords } from "./view/headline.ts";
import { brokenInWords, changeInWords } from "./view/headline-words.ts";
import { noticesOf } from "./view/notices.ts";
import { oneLine } from "./view/safe-text.ts";
import { servicesText } from "./view/service-words.ts";

/** A row of Locust's tables: what a live summary and a report have in common. */
type ConsoleRow = Omit<ReportNumbers, "percentilesMs"> & {
  readonly endpoint: Endpoint;
  readonly percentilesMs: readonly (number | null)[];
};

export interface ConsoleTables {
  /** Sorted by name and method, as Locust does. */
  readonly rows: readonly ConsoleRow[];
  readonly total: ConsoleRow | null;
  readonly failures: readonly Pick<FailureGroup, "endpoint" | "message" | "count">[];
}

/** Locust's columns are 80 wide for the name, less on a narrow terminal. */
export interface ConsoleOptions {
  readonly columns?: number;
}

const typeWidth = 8;
/** What the other columns of the statistics table take. */
const otherColumns = 84;

function nameWidth({ columns = 160 }: ConsoleOptions): number {
  return Math.max(16, Math.min(80, columns - otherColumns));
}

const left = (text: string, width: number) => text.padEnd(width);
const right = (text: string | number, width: number) => String(text).padStart(width);
/** Untrusted names stay on their line; a runner's commands cannot begin in mid-line but for `##[`. */
const safe = (text: string) => oneLine(text, 200).replaceAll("##[", "# #[");

/** Requests, failures, response times and rates: the table Locust prints while it runs and at its end. */
export function statsTable({ rows, total }: ConsoleTables, options: ConsoleOptions = {}): string {
  const width = nameWidth(options);
  const head = `${left("Type", typeWidth)} ${left("Name", width)} ${right("# reqs", 7)} ${right("# fails", 12)} |${right("Avg", 7)} ${right("Min", 7)} ${right("Max", 7)}${right("Med", 7)} | ${right("req/s", 7)} ${right("failures/s", 11)}`;
  const rule = [typeWidth, width, 7, 13, 7, 7, 7, 7, 8, 11].map((dashes) => "-".repeat(dashes)).join("|");
  const draw = (row: ConsoleRow) => {
    const failed = `${row.failures}(${(row.errorRatio * 100).toFixed(2)}%)`;
    const median = row.percentilesMs[0] ?? 0;
    const times = `${right(int(row.avgMs), 7)} ${right(int(row.minMs), 7)} ${right(int(row.maxMs), 7)}${right(int(median), 7)}`;
    return `${typeAndName(row.endpoint, width)} ${right(row.requests, 7)} ${right(failed, 12)} |${times} | ${right(row.rps.toFixed(2), 7)} ${right(row.failuresPerSecond.toFixed(2), 11)}`;
  };
  return [head, rule, ...rows.map(draw), rule, ...(total ? [draw(total)] : []), ""].join("\n");
}

/** `%d` of Python: towards zero; nothing measured is 0. */
function int(ms: number | null): string {
  return Math.trunc(ms ?? 0).toString();
}

function typeAndName({ method, name }: Endpoint, width: number): string {
  // A request type is of the outside too, and the only such text that begins a line.
  return `${left(safe(method).replace(/^::/, ": :"), typeWidth)} ${left(safe(name), width)}`;
}

/** The percentiles of every endpoint. */
export function percentilesTable({ rows, total }: ConsoleTables, options: ConsoleOptions = {}): string {
  const width = nameWidth(options);
  const columns = (cells: readonly string[]) => cells.map((cell, i) => right(cell, i === 0 ? 7 : 6)).join(" ");
  const names = shownPercentiles.map((ratio) => `${Number((ratio * 100).toFixed(2))}%`);
  const head = `${left("Type", typeWidth)} ${left("Name", width)} ${columns([...names, "# reqs"])}`;
  const rule = [typeWidth, width, 7, ...Array.from({ length: 11 }, () => 6)].map((n) => "-".repeat(n)).join("|");
  const draw = (row: ConsoleRow) => {
    const cells = row.percentilesMs.map((ms) => (ms === null ? "N/A" : Math.round(ms).toString()));
    return `${typeAndName(row.endpoint, width)} ${columns([...cells, String(row.requests)])}`;
  };
  return [
    "Response time percentiles (approximated)",
    head,
    rule,
    ...rows.map(draw),
    rule,
    ...(total ? [draw(total)] : []),
    "",
  ].join("\n");
}

/** Failures by endpoint and message; empty without any. */
export function errorReport({ failures }: ConsoleTables, options: ConsoleOptions = {}): string {
  if (failures.length === 0) return "";
  const width = nameWidth(options) + 20;
  const rule = `${"-".repeat(18)}|${"-".repeat(width)}`;
  const draw = (group: ConsoleTables["failures"][number]) =>
    `${left(String(group.count), 18)} ${safe(`${endpointLabel(group.endpoint)}: ${group.message}`)}`;
  return ["Error report", `${left("# occurrences", 18)} Error`, rule, ...failures.map(draw), rule, ""].join("\n");
}

/** The tables of a running or finished run, head arm. */
export function tablesOf(summary: Pick<Summary, "endpoints" | "totals" | "failures">): ConsoleTables {
  return {
    rows: summary.endpoints.filter(({ arm }) => arm === "head").sort(byNameAndMethod),
    total: summary.totals.find(({ arm }) => arm === "head") ?? null,
    failures: summary.failures.filter(({ arm }) => arm === "head"),
  };
}

function byNameAndMethod(a: ConsoleRow, b: ConsoleRow): number {
  const key = ({ endpoint }: ConsoleRow) => `${endpoint.name}\u0000${endpoint.method}`;
  return key(a) < key(b) ? -1 : 1;
}

function tablesOfReport(report: Report): ConsoleTables {
  const row = (endpoint: Endpoint, head: ReportNumbers): ConsoleRow => ({ ...head, endpoint });
  return {
    rows: report.endpoints.flatMap(({ endpoint, head }) => (head ? [row(endpoint, head)] : [])).sort(byNameAndMethod),
    total: report.total?.head ? row(report.total.endpoint, report.total.head) : null,
    failures: report.failures.filter(({ arm }) => arm === "head"),
  };
}

/** Locust's three tables, then the verdict. */
export function renderConsole(report: Report, options: ConsoleOptions = {}): string {
  const tables = tablesOfReport(report);
  const blocks = [
    statsTable(tables, options),
    percentilesTable(tables, options),
    errorReport(tables, options),
    ...countedApartTables(report),
  ];
  return `${[...blocks, verdictBlock(report)].filter((block) => block !== "").join("\n")}\n`;
}

/** A log is not the report: more lines than these stand in the documents. */
const mostPromises = 50;
const mostComparisons = 20;

/** The verdict with its reasons, promises and comparisons, one line each. */
function verdictBlock(report: Report): string {
  const lines = [headlineText(report)];
  const services = servicesText(report);
  if (services !== "") lines.push(services);
  const step = stepInWords(report);
  if (step !== "") lines.push(`  ${step}`);
  for (const { code, message, remedy } of report.verdict.reasons.slice(0, 10)) {
    lines.push(`  ${code}: ${safe(message)}`);
    if (remedy !== null) lines.push(`    -> ${safe(remedy)}`);
  }
  lines.push(...gateLines(report));
  if (report.capacity) lines.push(...capacityLines(report.capacity));
  const mark = { pass: "ok  ", warn: "warn", fail: "FAIL", "no-data": "FAIL", undecided: "?   " } as const;
  for (const threshold of report.thresholds.slice(0, mostPromises)) {
    const where = threshold.endpoint === null ? "" : ` [${safe(endpointLabel(threshold.endpoint))}]`;
    const actual = threshold.actual === null ? "no data" : plain(formatPromised(threshold.unit, threshold.actual));
    // What is not kept and fails nothing is explained nowhere else.
    const why = threshold.outcome === "warn" ? `; ${safe(threshold.message)}` : "";
    lines.push(`  ${mark[threshold.outcome]} ${safe(threshold.source)}${where}: ${actual}${why}`);
  }
  if (report.thresholds.length > mostPromises) lines.push(inReport(report.thresholds.length - mostPromises, "promise"));
  const changed = report.comparisons.filter(({ outcome }) => outcome !== "unchanged");
  for (const comparison of changed.slice(0, mostComparisons)) {
    const where = comparison.endpoint === null ? "" : `${safe(endpointLabel(comparison.endpoint))} `;
    const { waived } = comparison;
    const excuse = waived ? ` (waived until ${safe(waived.until)}: ${safe(waived.reason)})` : "";
    const told = comparison.change ? plain(changeInWords(comparison)) : comparison.metric;
    lines.push(`  ${comparison.outcome}${excuse}: ${where}${told}`);
  }
  if (changed.length > mostComparisons) lines.push(inReport(changed.length - mostComparisons, "comparison"));
  const { smallestDetectable } = report.comparing;
  if (smallestDetectable !== null)
    lines.push(`  could see p95 changes of ${plain(formatPercent(smallestDetectable))} or more`);
  const broken = report.thresholds.find(({ outcome }) => outcome === "no-data");
  if (broken) lines.push(`  ${plain(brokenInWords(broken))}: ${safe(broken.message)}`);
  for (const { code, message } of noticesOf(report).slice(0, 50)) {
    lines.push(`  ${code === "calibration" ? code : "warning"}: ${safe(message)}`);
  }
  return lines.join("\n");
}

function inReport(count: number, what: string): string {
  return `  … and ${counted(count, what)} more: see the report`;
}

/** What the pull request changes about its own gate, one line each. */
function gateLines(report: Report): string[] {
  if (report.gateChanges.length === 0) return [];
  const lines = report.gateChanges.slice(0, mostPromises).map((change) => {
    const held = change.inEffect ? "" : ", once it is merged";
    return `    ${change.kind}${held}: ${safe(change.setting)}${changeSides(change, safe)}`;
  });
  const left = report.gateChanges.length - mostPromises;
  return [`  ${gateChangesTitle(report)}`, ...lines, ...(left > 0 ? [inReport(left, "change")] : [])];
}

/** One line a load, by load. */
function capacityLines(capacity: CapacitySection): string[] {
  return stepsByLoad(capacity).map(({ load, outcome, rps, p95Ms, why }) => {
    const told = plain(`${loadInWords(load, capacity.unit)}: ${outcome}, ${formatRate(rps)}, p95 ${formatMs(p95Ms)}`);
    return `  ${told}${why === null ? "" : `: ${safe(why)}`}`;
  });
}
