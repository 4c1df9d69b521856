import { endpointLabel } from "../../stats/endpoint.ts";
import { formatCount, formatMoment, formatMs, formatRate } from "../format.ts";
import type { Distribution, Report } from "../report.ts";
import { oneLine } from "../safe-text.ts";
import { type Markup, markup } from "./markup.ts";

/** What `page.js` draws. Labels may be of the outside: they travel as JSON and are shown as text. */
export interface Chart {
  /** What the x values are: seconds, log10 milliseconds, or log10(1 / (1 − p)). */
  readonly x: "time" | "latency" | "percentile";
  readonly unit: string;
  readonly labels: readonly string[];
  /** x first, then one array per label. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly bars?: boolean;
  /** Seconds that are not judged. */
  readonly unjudged?: readonly { readonly from: number; readonly to: number }[];
  /** Promised values, drawn across. */
  readonly limits?: readonly number[];
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What the picture says, in words. */
  readonly words: string;
  readonly chart: Chart;
}

export function figuresOf(report: Report): Figure[] {
  return [...overTime(report), ...latencies(report)];
}

function overTime(report: Report): Figure[] {
  const { series } = report;
  if (series.rps.length === 0) return [];
  const seconds = series.rps.map((_, i) => (i * series.stepMs) / 1000);
  const base = { x: "time", unjudged: unjudged(report) } as const;
  const peak = peakOf(series.p95Ms);
  const at = (index: number) => formatMoment(index * series.stepMs);
  const failing = series.failuresPerSecond.findIndex((value, i) => value > 0 && isJudged(report, i));
  const totalLimits = report.thresholds.filter((t) => t.endpoint === null && t.unit === "ms").map((t) => t.expected);
  const endpointLimits = report.thresholds.filter((t) => t.endpoint !== null && t.unit === "ms").map((t) => t.expected);
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
        labels: ["p50", "p95", "p99"],
        data: [seconds, series.p50Ms, series.p95Ms, series.p99Ms],
        limits: [...new Set(totalLimits)].slice(0, 3),
      },
    },
    ...(series.endpoints.length === 0
      ? []
      : [
          {
            id: "endpoints",
            title: "p95 of the endpoints most worth a look",
            words: "Regressed ones first, then broken promises, then the slowest.",
            chart: {
              ...base,
              unit: "ms",
              labels: series.endpoints.map(({ endpoint }) => oneLine(endpointLabel(endpoint), 60) || "–"),
              data: [seconds, ...series.endpoints.map(({ p95Ms }) => p95Ms)],
              limits: [...new Set(endpointLimits)].slice(0, 3),
            },
          },
        ]),
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
        labels: ["requests/s", "failures/s"],
        data: [seconds, series.rps, series.failuresPerSecond],
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

function unjudged(report: Report): { from: number; to: number }[] {
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

function latencies(report: Report): Figure[] {
  const { head, base } = report.distribution;
  if (head === null) return [];
  const arms = [
    { label: base === null ? "requests" : "this version", distribution: head },
    ...(base === null ? [] : [{ label: "base version", distribution: base }]),
  ];
  return [histogram(arms), curve(arms)];
}

type Arms = readonly { readonly label: string; readonly distribution: Distribution }[];

function histogram(arms: Arms): Figure {
  const edges = [...new Set(arms.flatMap(({ distribution }) => distribution.bins.map(({ lowMs }) => lowMs)))].sort(
    (a, b) => a - b,
  );
  const fullest = arms[0]?.distribution.bins.reduce((most, bin) => (bin.count > most.count ? bin : most));
  return {
    id: "histogram",
    title: "How long requests took",
    words: fullest
      ? `Most took between ${formatMs(fullest.lowMs)} and ${formatMs(fullest.highMs)} (logarithmic scale).`
      : "",
    chart: {
      x: "latency",
      unit: "requests",
      bars: true,
      labels: arms.map(({ label }) => label),
      data: [
        edges.map((edge) => Number(Math.log10(edge).toFixed(4))),
        ...arms.map(({ distribution }) => {
          const counts = new Map(distribution.bins.map(({ lowMs, count }) => [lowMs, count]));
          return edges.map((edge) => counts.get(edge) ?? 0);
        }),
      ],
    },
  };
}

function curve(arms: Arms): Figure {
  const ratios = [...new Set(arms.flatMap(({ distribution }) => distribution.curve.map(([ratio]) => ratio)))].sort(
    (a, b) => a - b,
  );
  const below = ratios.filter((ratio) => ratio < 1);
  // The maximum stands a little to the right of the last percentile.
  const end = Math.log10(1 / (1 - (below.at(-1) ?? 0))) + 0.2;
  const at = (distribution: Distribution, ratio: number) => distribution.curve.find(([r]) => r === ratio)?.[1] ?? null;
  const first = arms[0]?.distribution;
  const words = first
    ? `Half took at most ${formatMs(at(first, 0.5))}, 95 in a hundred at most ${formatMs(at(first, 0.95))}, the slowest ${formatMs(at(first, 1))}.`
    : "";
  return {
    id: "curve",
    title: "Percentile curve",
    words,
    chart: {
      x: "percentile",
      unit: "ms",
      labels: arms.map(({ label }) => label),
      data: [
        ratios.map((ratio) => Number((ratio === 1 ? end : Math.log10(1 / (1 - ratio))).toFixed(4))),
        ...arms.map(({ distribution }) => ratios.map((ratio) => at(distribution, ratio))),
      ],
    },
  };
}

export function figureMarkup({ id, title, words }: Figure): Markup {
  return markup`<figure><figcaption id="chart-${id}"><b>${title}</b> <span class="soft">${words}</span></figcaption>
<div class="plot" data-chart="${id}" role="img" aria-labelledby="chart-${id}"></div></figure>
`;
}
