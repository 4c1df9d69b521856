import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { Report } from "../document/report.ts";
import { formatCount, formatMoment, formatMs, formatRate } from "../view/format.ts";
import { momentsOf } from "../view/moments.ts";
import { oneLine } from "../view/safe-text.ts";
import { type Markup, markup } from "./markup.ts";

/** What `page.ts` draws. Labels may be of the outside: they travel as JSON and are shown as text. */
export interface Chart {
  /** What the x values are: seconds, log10 milliseconds, or log10(1 / (1 − p)). */
  readonly x: "time" | "latency" | "percentile";
  readonly unit: string;
  readonly labels: readonly string[];
  /** x first, then one array per label. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly bars?: boolean;
  /** Each label's values lie upon those of the labels before it, as filled bands. */
  readonly stacked?: boolean;
  /** By label: which colour, and whether the line is dashed; its own of each if absent. */
  readonly colors?: readonly number[];
  readonly dashed?: readonly boolean[];
  /** Seconds that are not judged. */
  readonly unjudged?: readonly { readonly from: number; readonly to: number }[];
  /** Values drawn across. */
  readonly limits?: readonly { readonly value: number; readonly text: string }[];
  /** Seconds at which something began, drawn upright. */
  readonly marks?: readonly { readonly at: number; readonly text: string }[];
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What the picture says, in words. */
  readonly words: string;
  readonly chart: Chart;
}

/** The response times, rates and users of the run as it went on. */
export function courseFigures(report: Report): Figure[] {
  const { series } = report;
  if (series.rps.length === 0) return [];
  const seconds = secondsOf(series.stepMs, series.rps.length);
  const base = { x: "time", unjudged: unjudged(report) } as const;
  const peak = peakOf(series.p95Ms);
  const at = (index: number) => formatMoment(index * series.stepMs);
  const failing = series.failuresPerSecond.findIndex((value, i) => value > 0 && isJudged(report, i));
  const marks = marksOf(report);
  const other = series.base;
  return [
    {
      id: "percentiles",
      title: "Response time of all requests",
      words:
        peak === null
          ? "Nothing was timed."
          : `p95 was highest at ${at(peak)} with ${formatMs(series.p95Ms[peak] ?? null)}.`,
      chart: {
        ...base,
        unit: "ms",
        labels: other ? ["p50", "p95", "base p50", "base p95"] : ["p50", "p95", "p99"],
        ...(other && { colors: [0, 1, 0, 1], dashed: [false, false, true, true] }),
        data: [seconds, series.p50Ms, series.p95Ms, ...(other ? [other.p50Ms, other.p95Ms] : [series.p99Ms])],
        limits: promised(report, (endpoint) => endpoint === null),
        marks: marks.filter(({ name }) => name === null),
      },
    },
    ...endpointFigure(report, { seconds, marks }),
    {
      id: "rates",
      title: "Requests and failures per second",
      words:
        failing < 0
          ? "No judged request failed."
          : `Failures began at ${at(failing)}; at most ${formatRate(Math.max(...series.failuresPerSecond))}.`,
      chart: {
        ...base,
        unit: "per second",
        labels: ["requests/s", "failures/s", ...(other ? ["base requests/s"] : [])],
        colors: [0, 4, 0],
        dashed: [false, false, true],
        data: [seconds, series.rps, series.failuresPerSecond, ...(other ? [other.rps] : [])],
      },
    },
    {
      id: "users",
      title: "Users",
      words: `At most ${formatCount(Math.max(...series.users))} at once.`,
      chart: { ...base, unit: "users", labels: ["users"], data: [seconds, series.users] },
    },
  ];
}

/** p95 of the endpoints most worth a look; side by side of three at most, each with the base version's in dashes. */
function endpointFigure(
  report: Report,
  { seconds, marks }: { readonly seconds: readonly number[]; readonly marks: readonly Mark[] },
): Figure[] {
  const { series } = report;
  const twoArms = series.endpoints.some(({ baseP95Ms }) => baseP95Ms !== undefined);
  const drawn = series.endpoints.slice(0, twoArms ? 3 : 6);
  const names = new Set(drawn.map(({ endpoint }) => endpointLabel(endpoint)));
  if (drawn.length === 0) return [];
  const lines = drawn.flatMap(({ endpoint, p95Ms, baseP95Ms }, color) => {
    const label = oneLine(endpointLabel(endpoint), 60) || "–";
    const line = { label, color, dashed: false, values: p95Ms };
    return baseP95Ms ? [line, { label: `${label} (base)`, color, dashed: true, values: baseP95Ms }] : [line];
  });
  const order = "Regressed ones first, then broken promises, then the slowest.";
  return [
    {
      id: "endpoints",
      title: "p95 of the endpoints most worth a look",
      words: twoArms ? `${order} Dashed: the base version.` : order,
      chart: {
        x: "time",
        unjudged: unjudged(report),
        unit: "ms",
        labels: lines.map(({ label }) => label),
        ...(twoArms && { colors: lines.map(({ color }) => color), dashed: lines.map(({ dashed }) => dashed) }),
        data: [seconds, ...lines.map(({ values }) => values)],
        limits: promised(report, (endpoint) => endpoint !== null && names.has(endpointLabel(endpoint))),
        marks: marks.filter(({ name }) => name !== null && names.has(name)),
      },
    },
  ];
}

type Mark = NonNullable<Chart["marks"]>[number] & { readonly name: string | null };

/** Where a response time rose or fell for good: the moments the pictures should be looked at. */
function marksOf(report: Report): Mark[] {
  return momentsOf(report)
    .filter(({ lasting }) => lasting)
    .map(({ atMs, name }) => ({ at: atMs / 1000, text: formatMoment(atMs), name }));
}

/** Values promised in milliseconds, three at most. */
function promised(report: Report, of: (endpoint: Endpoint | null) => boolean): NonNullable<Chart["limits"]> {
  const values = report.thresholds.filter((t) => t.unit === "ms" && of(t.endpoint)).map(({ expected }) => expected);
  return [...new Set(values)].slice(0, 3).map((value) => ({ value, text: `promised ${formatMs(value)}` }));
}

export function secondsOf(stepMs: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (i * stepMs) / 1000);
}

function peakOf(values: readonly (number | null)[]): number | null {
  let peak: number | null = null;
  values.forEach((value, index) => {
    if (value !== null && (peak === null || value > (values[peak] ?? 0))) peak = index;
  });
  return peak;
}

function isJudged({ series, measured }: Report, index: number): boolean {
  return measured.phases.some(({ phase, judged }) => judged && phase === series.phase[index]);
}

/** Seconds that are not judged. */
export function unjudged(report: Report): { from: number; to: number }[] {
  const { series } = report;
  const spans: { from: number; to: number }[] = [];
  series.phase.forEach((_, index) => {
    if (isJudged(report, index)) return;
    const [from, to] = [index, index + 1].map((i) => (i * series.stepMs) / 1000) as [number, number];
    const last = spans.at(-1);
    if (last && last.to === from) last.to = to;
    else spans.push({ from, to });
  });
  return spans;
}

/** Pictures side by side, as many as the width allows. */
export function figuresMarkup(figures: readonly Figure[]): Markup {
  return markup`<div class="charts">${figures.map(figureMarkup)}</div>`;
}

function figureMarkup({ id, title, words }: Figure): Markup {
  return markup`<figure><figcaption id="chart-${id}"><b>${title}</b> <span class="soft">${words}</span></figcaption>
<div class="plot" data-chart="${id}" role="img" aria-labelledby="chart-${id}"></div></figure>
`;
}
