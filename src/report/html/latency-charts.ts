import type { Distribution, Report } from "../document/report.ts";
import { formatMs } from "../view/format.ts";
import type { Figure } from "./charts.ts";

/** Pictures of the judged window as a whole: how long requests took, and the percentile curve. */
export function latencyFigures(report: Report): Figure[] {
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
