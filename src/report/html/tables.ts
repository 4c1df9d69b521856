import { endpointLabel } from "../../stats/endpoint.ts";
import { intervalConfidence } from "../../verdict/comparison.ts";
import type {
  Report,
  ReportComparison,
  ReportNumbers,
  ReportRow,
  ReportThreshold,
  Timing,
} from "../document/report.ts";
import { percentile, worstFirst } from "../markdown/details.ts";
import {
  changeUnit,
  formatBytes,
  formatChange,
  formatCompared,
  formatCount,
  formatDetectable,
  formatInterval,
  formatMs,
  formatNumber,
  formatPercent,
  formatPromised,
  nothing,
} from "../view/format.ts";
import { comparisonIcon, metricCell, rowIcon, thresholdIcon } from "../view/rows-that-matter.ts";
import { oneLine } from "../view/safe-text.ts";
import { type Markup, markup } from "./markup.ts";

/** A cell: what it shows and, for numbers, what it is sorted by. */
interface Cell {
  readonly text: string;
  readonly value?: number | null;
  readonly tone?: "good" | "bad" | "odd" | null;
}

interface Column {
  readonly title: string;
  readonly number?: boolean;
}

/** A table whose first column names the row. `sortable` gives the heads buttons. */
function table(input: {
  id: string;
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  foot?: readonly (readonly Cell[])[];
  sortable?: boolean;
}): Markup {
  const head = input.columns.map(({ title, number }) =>
    input.sortable
      ? markup`<th scope="col" class="${number ? "n" : ""}" aria-sort="none"><button type="button">${title}</button></th>`
      : markup`<th scope="col" class="${number ? "n" : ""}">${title}</th>`,
  );
  const row = (cells: readonly Cell[], total: boolean) =>
    markup`<tr${total ? markup` class="total"` : null}>${cells.map((cell, i) => cellMarkup(cell, input.columns[i], i === 0))}</tr>
`;
  const foot = input.foot ?? [];
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${input.caption}">
<table id="${input.id}"${input.sortable ? markup` data-sortable` : null}><caption>${input.caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${input.rows.map((cells) => row(cells, false))}</tbody>
${foot.length === 0 ? null : markup`<tfoot>${foot.map((cells) => row(cells, true))}</tfoot>`}
</table></div>
`;
}

function cellMarkup({ text, value, tone }: Cell, column: Column | undefined, first: boolean): Markup {
  if (first) return markup`<th scope="row">${text}</th>`;
  const classes = [column?.number ? "n" : "", tone ?? ""].filter((name) => name !== "").join(" ");
  return markup`<td${classes === "" ? null : markup` class="${classes}"`}${
    value === undefined || value === null ? null : markup` data-v="${value}"`
  }>${text}</td>`;
}

/** An endpoint's name on one line, at most 120 characters. */
export function label(endpoint: ReportComparison["endpoint"]): string {
  return endpoint === null ? "all requests" : oneLine(endpointLabel(endpoint), 120) || nothing;
}

const numeric = (title: string): Column => ({ title, number: true });
const ms = (value: number | null): Cell => ({ text: formatMs(value), value });
const count = (value: number): Cell => ({ text: formatCount(value), value });

const outcomeWords: Record<ReportComparison["outcome"], string> = {
  regressed: "slower",
  improved: "faster",
  unchanged: "unchanged",
  inconclusive: "undecided",
  "could-not-tell": "could not tell",
  missing: "missing",
  "no-baseline": "no baseline",
};

export function endpointsTable(report: Report, most: number): Markup {
  const twoArms = report.endpoints.some(({ base }) => base !== null);
  const compared = report.endpoints.some(({ outcome, presence }) => outcome !== null || presence !== "both");
  const columns: Column[] = [
    { title: "Endpoint" },
    ...(compared ? [{ title: "Outcome" }, { title: "Change of p95", number: true }] : []),
    ...["p50", ...(twoArms ? ["p95 before"] : []), "p95", "p99", "Max", "Average"].map(numeric),
    ...["Requests", "RPS", "Failures", "Errors", "Bytes"].map(numeric),
  ];
  const cells = (row: ReportRow): Cell[] => {
    const { head, base, change, outcome } = row;
    const seen = (cell: (numbers: ReportNumbers) => Cell): Cell => (head ? cell(head) : { text: nothing });
    const changed: Cell = {
      text: change === null ? nothing : `${formatChange(change.estimate)} (${formatInterval(change)})`,
      value: change?.estimate ?? null,
      tone: toneOf(outcome),
    };
    return [
      { text: row === report.total ? "All requests" : label(row.endpoint) },
      ...(compared ? [{ text: outcomeText(report, row), tone: toneOf(outcome) }, changed] : []),
      ms(percentile(head, 0.5)),
      ...(twoArms ? [ms(percentile(base, 0.95))] : []),
      ms(percentile(head, 0.95)),
      ms(percentile(head, 0.99)),
      ms(head?.maxMs ?? null),
      ms(head?.avgMs ?? null),
      seen(({ requests }) => count(requests)),
      seen(({ rps }) => ({ text: formatNumber(rps), value: rps })),
      seen(({ failures }) => ({ ...count(failures), tone: failures > 0 ? "bad" : null })),
      seen(({ errorRatio }) => ({ text: formatPercent(errorRatio), value: errorRatio })),
      seen(({ bytesIn }) => ({ text: formatBytes(bytesIn), value: bytesIn })),
    ];
  };
  const rows = worstFirst(report.endpoints).slice(0, most);
  const left = report.tally.endpoints - rows.length;
  return table({
    id: "endpoints",
    caption: `${left > 0 ? `${rows.length} of ` : ""}${report.tally.endpoints} endpoints, judged window`,
    columns,
    rows: rows.map(cells),
    foot: report.total ? [cells(report.total)] : [],
    sortable: true,
  });
}

function outcomeText(report: Report, row: ReportRow): string {
  if (row.presence !== "both") return row.presence;
  return row.outcome === null ? nothing : `${rowIcon(report, row)} ${outcomeWords[row.outcome]}`;
}

function toneOf(outcome: ReportRow["outcome"]): "bad" | "good" | null {
  return outcome === "regressed" ? "bad" : outcome === "improved" ? "good" : null;
}

export function thresholdsTable(thresholds: readonly ReportThreshold[]): Markup {
  return table({
    id: "promises",
    caption: "Promises, broken ones first",
    columns: [
      { title: "Promise" },
      { title: "Outcome" },
      { title: "Endpoint" },
      { title: "Measured", number: true },
      { title: "Interval", number: true },
      { title: "n", number: true },
      { title: "Written at" },
    ],
    rows: thresholds.map((t) => [
      { text: oneLine(t.source, 120) },
      {
        text: `${thresholdIcon[t.outcome]} ${t.outcome}`,
        tone: t.outcome === "fail" || t.outcome === "no-data" ? "bad" : null,
      },
      { text: label(t.endpoint) },
      { text: t.actual === null ? "no data" : formatPromised(t.unit, t.actual), value: t.actual },
      {
        text: t.interval
          ? `${formatPromised(t.unit, t.interval[0])} … ${formatPromised(t.unit, t.interval[1])}`
          : nothing,
      },
      count(t.n),
      { text: t.place === null ? nothing : oneLine(t.place, 120) },
    ]),
  });
}

export function comparisonsTable(comparisons: readonly ReportComparison[]): Markup {
  return table({
    id: "comparisons",
    caption: "Comparisons, worst first",
    columns: [
      { title: "Endpoint" },
      { title: "Metric" },
      { title: "Outcome" },
      ...[
        "Before",
        "Now",
        "Change",
        `${formatPercent(intervalConfidence)} interval`,
        "Limit",
        "Detectable",
        "Requests",
      ].map((title) => ({
        title,
        number: true,
      })),
    ],
    rows: comparisons.map((c) => {
      const unit = changeUnit(c.metric);
      return [
        { text: label(c.endpoint) },
        { text: metricCell(c.metric) },
        {
          text: `${comparisonIcon[c.outcome]} ${c.outcome}${c.waived ? ` (waived until ${oneLine(c.waived.until, 40)}: ${oneLine(c.waived.reason, 80)})` : ""}`,
          tone: toneOf(c.outcome),
        },
        { text: formatCompared(c.metric, c.before), value: c.before },
        { text: formatCompared(c.metric, c.after), value: c.after },
        {
          text: formatChange(c.change?.estimate ?? null, unit),
          value: c.change?.estimate ?? null,
          tone: toneOf(c.outcome),
        },
        { text: formatInterval(c.change, unit) },
        { text: formatChange(c.tolerance, unit) },
        { text: formatDetectable(c.smallestDetectable, unit), value: c.smallestDetectable },
        count(c.n),
      ];
    }),
    sortable: true,
  });
}

/** Phases or `Server-Timing` metrics, with a bar for the share of the longest. */
export function timingsTable(input: { id: string; caption: string; timings: readonly Timing[] }): Markup {
  const top = Math.max(...input.timings.map(({ p95Ms }) => p95Ms), 1e-9);
  const width = (value: number) => Math.round((value / top) * 120);
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${input.caption}"><table id="${input.id}"><caption>${input.caption}</caption>
<thead><tr><th scope="col">Endpoint</th><th scope="col">Part</th><th scope="col" class="n">n</th><th scope="col" class="n">p50</th><th scope="col" class="n">p95</th><th scope="col">p50 within p95</th></tr></thead>
<tbody>
${input.timings.map(
  (
    t,
  ) => markup`<tr><th scope="row">${label(t.endpoint)}</th><td>${oneLine(t.name, 40)}</td><td class="n">${formatCount(t.count)}</td><td class="n">${formatMs(t.p50Ms)}</td><td class="n">${formatMs(t.p95Ms)}</td><td><svg class="bar" width="120" height="12" aria-hidden="true"><rect class="back" width="${width(t.p95Ms)}" height="12"/><rect class="front" width="${width(t.p50Ms)}" height="12"/></svg></td></tr>
`,
)}</tbody></table></div>
`;
}
