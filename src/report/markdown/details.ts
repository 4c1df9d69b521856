import { endpointLabel } from "../../stats/endpoint.ts";
import { shownPercentiles } from "../../stats/summary.ts";
import type { Report, ReportFailure, ReportNumbers, ReportRow } from "../document/report.ts";
import {
  counted,
  formatChange,
  formatCount,
  formatInterval,
  formatMoment,
  formatMs,
  formatNumber,
  formatPercent,
  formatPromised,
  nothing,
} from "../view/format.ts";
import { noticesOf } from "../view/notices.ts";
import {
  type Column,
  comparisonRow,
  endpointCell,
  isWithTheRest,
  matterColumns,
  rowIcon,
  shownOf,
  thresholdIcon,
} from "../view/rows-that-matter.ts";
import { code, fence } from "../view/safe-text.ts";
import { proseOf } from "../view/sentence.ts";
import type { Part } from "./fit.ts";
import { details, shedNote, tablePart } from "./table.ts";

/** A shown percentile of a row's numbers. */
export function percentile(numbers: ReportNumbers | null, ratio: (typeof shownPercentiles)[number]): number | null {
  return numbers?.percentilesMs[shownPercentiles.indexOf(ratio)] ?? null;
}

const rowWeight = (row: ReportRow) =>
  row.outcome === "regressed"
    ? 0
    : row.presence === "vanished" || row.presence === "new"
      ? 1
      : row.outcome === "inconclusive"
        ? 2
        : row.outcome === "improved"
          ? 3
          : 4;

/** Endpoints with news first, otherwise as they stand. */
export function worstFirst(rows: readonly ReportRow[]): ReportRow[] {
  return [...rows].sort((a, b) => rowWeight(a) - rowWeight(b));
}

/** Every endpoint with its numbers, those with news first. */
export function endpointsPart(report: Report, tier: number): Part | null {
  if (report.endpoints.length === 0) return null;
  const twoArms = report.endpoints.some(({ base }) => base !== null);
  const columns: Column[] = [
    { title: "", align: "center" },
    { title: "Endpoint" },
    ...[
      "Requests",
      "RPS",
      "p50",
      "p95",
      "p99",
      "Errors",
      ...(twoArms ? ["p95 before"] : []),
      "Change of p95",
      "Interval",
    ].map((title): Column => ({ title, align: "right" })),
  ];
  const cells = (row: ReportRow): string[] => {
    const { head, base, change, outcome, presence } = row;
    const shown = shownOf(report, row);
    const established =
      outcome === "regressed" || outcome === "improved" || (shown !== undefined && isWithTheRest(shown));
    const estimate = formatChange(change?.estimate ?? null);
    return [
      rowIcon(report, row),
      row === report.total ? "all requests" : endpointCell(row.endpoint),
      head ? formatCount(head.requests) : nothing,
      head ? formatNumber(head.rps) : nothing,
      formatMs(percentile(head, 0.5)),
      formatMs(percentile(head, 0.95)),
      formatMs(percentile(head, 0.99)),
      head ? formatPercent(head.errorRatio) : nothing,
      ...(twoArms ? [formatMs(percentile(base, 0.95))] : []),
      presence === "both" ? (established ? `**${estimate}**` : estimate) : presence,
      presence === "both" ? formatInterval(change) : nothing,
    ];
  };
  const rows = worstFirst(report.endpoints);
  const missing = report.tally.endpoints - report.endpoints.length;
  const isSlower = (row: ReportRow) => {
    const shown = shownOf(report, row);
    return row.outcome === "regressed" || (shown !== undefined && isWithTheRest(shown));
  };
  const isOpen = (row: ReportRow) => row.outcome === "could-not-tell" || row.outcome === "inconclusive";
  const open = rows.filter((row) => isOpen(row) && !isSlower(row)).length;
  const news = [
    `${rows.filter(isSlower).length} slower`,
    `${rows.filter(({ outcome }) => outcome === "improved").length} faster`,
    `${rows.filter(({ outcome }) => outcome === "unchanged").length} unchanged`,
    ...(open === 0 ? [] : [`${open} could not be told`]),
  ];
  const compared = rows.some(({ outcome }) => outcome !== null && outcome !== "no-baseline" && outcome !== "missing");
  const title = `All ${counted(report.tally.endpoints, "endpoint")}${compared ? ` (p95: ${news.join(" · ")})` : ""}`;
  return tablePart({
    tier,
    columns,
    cells: [...(report.total ? [report.total] : []), ...rows].map(cells),
    wrap: (table, shed) => details(title, table + shedNote(shed + missing, "row")),
  });
}

/** New and vanished endpoints by name. */
export function presencePart(report: Report, tier: number): Part | null {
  const named = (presence: ReportRow["presence"]) =>
    report.endpoints.filter((row) => row.presence === presence).map(({ endpoint }) => `- ${endpointCell(endpoint)}`);
  const lines = [
    ...named("new").map((line) => `${line} is new`),
    ...named("vanished").map((line) => `${line} is in the baseline, and was not requested in this run`),
  ];
  if (lines.length === 0) return null;
  return {
    tier,
    rows: lines,
    frame: (rows, shed) =>
      details(
        `New endpoints: ${named("new").length} · vanished endpoints: ${named("vanished").length}`,
        rows.join("\n") + shedNote(shed, "endpoint"),
      ),
  };
}

/** Failures by cause, with what came back. */
export function failuresPart(report: Report, tier: number, most: { groups: number; samples: number }): Part | null {
  const head = report.total?.head;
  if (report.failures.length === 0) return null;
  const twoArms = report.total?.base != null;
  const rows = report.failures.slice(0, most.groups).map((failure) => failureBlock({ failure, twoArms, ...most }));
  const left = report.tally.failureGroups - rows.length;
  const title = head
    ? `Failures (${formatCount(head.failures)} of ${counted(head.requests, "request")})`
    : `Failures (${counted(report.tally.failureGroups, "kind")})`;
  return {
    tier,
    rows,
    frame: (kept, shed) => details(title, kept.join("\n\n") + shedNote(shed + left, "kind")),
  };
}

function failureBlock(input: { failure: ReportFailure; twoArms: boolean; samples: number }): string {
  const { failure } = input;
  const when =
    failure.firstMs === failure.lastMs
      ? `at ${formatMoment(failure.firstMs)}`
      : `from ${formatMoment(failure.firstMs)} to ${formatMoment(failure.lastMs)}`;
  const arm = input.twoArms ? ` · ${failure.arm}` : "";
  const line = `${code(endpointLabel(failure.endpoint))} · ${code(failure.kind)} · ${formatCount(failure.count)}×${arm} · ${when}`;
  const samples = failure.samples
    .slice(0, input.samples)
    .map(({ request, status, headers, body }) =>
      [
        `${request} → ${status === 0 ? "no answer" : status}`,
        ...headers.slice(0, 8).map(([name, value]) => `${name}: ${value}`),
        ...(body === "" ? [] : ["", body.slice(0, 600)]),
      ].join("\n"),
    );
  return `${line}\n\n${fence([failure.message, ...samples].join("\n\n"), { maxLines: 60, maxColumns: 240 })}`;
}

export function exceptionsPart(report: Report, tier: number): Part | null {
  if (report.exceptions.length === 0) return null;
  const rows = report.exceptions.slice(0, 10).map((exception) => {
    const at = exception.place ? ` at ${code(exception.place)}` : "";
    const line = `${code(exception.task)}${at} · ${formatCount(exception.count)}× · first at ${formatMoment(exception.firstMs)}`;
    return `${line}\n\n${fence(`${exception.message}\n${exception.trace}`, { maxLines: 12, maxColumns: 200 })}`;
  });
  const left = report.tally.exceptions - rows.length;
  return {
    tier,
    rows,
    frame: (kept, shed) =>
      details(
        `Exceptions in the locustfile (${report.tally.exceptions})`,
        kept.join("\n\n") + shedNote(shed + left, "kind"),
      ),
  };
}

/** Every threshold with what was measured. */
export function thresholdsPart(report: Report, tier: number): Part | null {
  const { tally } = report;
  if (report.thresholds.length === 0) return null;
  const columns: Column[] = [
    { title: "", align: "center" },
    { title: "Promise" },
    { title: "Endpoint" },
    { title: "Measured", align: "right" },
    { title: "Interval", align: "right" },
    { title: "n", align: "right" },
    { title: "Written at" },
  ];
  const left = tally.thresholds - report.thresholds.length;
  return tablePart({
    tier,
    columns,
    cells: report.thresholds.map((t) => [
      thresholdIcon[t.outcome],
      code(t.source),
      endpointCell(t.endpoint),
      t.actual === null ? "no data" : formatPromised(t.unit, t.actual),
      t.interval ? `${formatPromised(t.unit, t.interval[0])} … ${formatPromised(t.unit, t.interval[1])}` : nothing,
      formatCount(t.n),
      t.place === null ? nothing : code(t.place),
    ]),
    wrap: (table, shed) =>
      details(`Promises (${tally.met} of ${tally.thresholds} kept)`, table + shedNote(shed + left, "promise")),
  });
}

/** Every comparison that was made: the job summary has room for them. */
export function comparisonsPart(report: Report, tier: number): Part | null {
  if (report.comparisons.length === 0) return null;
  return tablePart({
    tier,
    columns: matterColumns(report),
    cells: report.comparisons.map(comparisonRow),
    wrap: (table, shed) => details(`Comparisons (${report.comparisons.length})`, table + shedNote(shed, "comparison")),
  });
}

export function warningsPart(report: Report, tier: number): Part | null {
  const lines = noticesOf(report).map(({ pieces }) => `- ${proseOf(pieces, 400)}`);
  if (lines.length === 0) return null;
  return {
    tier,
    rows: lines,
    frame: (rows, shed) => details(`Warnings (${lines.length})`, rows.join("\n") + shedNote(shed, "warning")),
  };
}

/** Parts that are there. */
export function present(parts: readonly (Part | null)[]): Part[] {
  return parts.filter((part) => part !== null);
}
