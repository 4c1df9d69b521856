import { type Arm, type Endpoint, endpointLabel, parseCellKey } from "../../stats/endpoint.ts";
import { EndpointStats } from "../../stats/endpoint-stats.ts";
import type { Histogram } from "../../stats/histogram.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { phaseNames } from "../../stats/sample.ts";
import { addCells, type Block } from "../../stats/snapshot.ts";
import { percentileMs } from "../../stats/summary.ts";
import { clipEndpoint, clipText, tidySize, whole } from "./clip.ts";
import type { Distribution, Timing } from "./report.ts";
import { bounds } from "./report-schema.ts";

const curveRatios = [
  0, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.66, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98,
  0.985, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 0.99999, 1,
];

/**
 * The blocks the summary was made of. `leftOut` names every phase whose requests were left out, so whoever counted
 * all of them (a plain run, as Locust) and whoever counted the steady window get their own numbers back.
 */
export function windowBlocks({ blocks, summary }: Pick<RunResult, "blocks" | "summary">): Block[] {
  return blocks.filter(({ phase }) => summary.leftOut[phase] === undefined);
}

/** The window's statistics by arm and endpoint. */
export function windowCells(result: Pick<RunResult, "blocks" | "summary">) {
  const cells = addCells(windowBlocks(result).map((block) => block.cells));
  return [...cells].map(([key, stats]) => ({ ...parseCellKey(key), stats }));
}

export type WindowCell = ReturnType<typeof windowCells>[number];

export function totalOf(cells: readonly WindowCell[], arm: Arm): EndpointStats {
  const total = new EndpointStats();
  for (const cell of cells) if (cell.arm === arm) total.merge(cell.stats);
  return total;
}

/** Latencies in bins of equal width on a logarithmic scale, and the percentile curve; null while nothing was timed. */
export function distributionOf(stats: EndpointStats): Distribution | null {
  const latencies = stats.latencies;
  if (latencies.count === 0) return null;
  const needed = 1 / Math.max(1, latencies.count);
  return {
    bins: logBins(latencies),
    curve: curveRatios
      // What lies beyond the last request is the maximum again.
      .filter((ratio) => ratio === 1 || 1 - ratio >= needed / 2)
      .map((ratio) => [ratio, tidySize(percentileMs(stats, ratio, latencies) ?? 0)]),
  };
}

function logBins(latencies: Histogram): Distribution["bins"] {
  const perDecade = 12;
  const counts = new Map<number, number>();
  for (const { lowUs, highUs, count } of latencies.bins()) {
    const middleMs = Math.max(0.01, (lowUs + highUs) / 2000);
    const index = Math.floor(Math.log10(middleMs) * perDecade);
    counts.set(index, (counts.get(index) ?? 0) + count);
  }
  const indexes = [...counts.keys()];
  const first = Math.min(...indexes);
  const edge = (index: number) => tidySize(10 ** (index / perDecade));
  const length = Math.min(bounds.bins, Math.max(...indexes) - first + 1);
  return Array.from({ length }, (_, i) => ({
    lowMs: edge(first + i),
    highMs: edge(first + i + 1),
    count: whole(counts.get(first + i) ?? 0),
  }));
}

/** Where the time went, for all requests and for each endpoint, head arm. */
export function phaseTimings(cells: readonly WindowCell[]): Timing[] {
  return timingsOf(cells, (stats) =>
    phaseNames.flatMap((name) => {
      const histogram = stats.phases[name];
      return histogram ? [[name, histogram] as const] : [];
    }),
  );
}

/** The answers' `Server-Timing` metrics. */
export function serverTimings(cells: readonly WindowCell[]): Timing[] {
  return timingsOf(cells, (stats) => [...stats.serverTiming].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function timingsOf(
  cells: readonly WindowCell[],
  histograms: (stats: EndpointStats) => readonly (readonly [string, Histogram])[],
): Timing[] {
  const heads = cells.filter(({ arm }) => arm === "head").sort(byLabel);
  const rows: { endpoint: Endpoint | null; stats: EndpointStats }[] = [
    { endpoint: null, stats: totalOf(cells, "head") },
    ...heads,
  ];
  return rows
    .flatMap(({ endpoint, stats }) =>
      histograms(stats).map(([name, histogram]) => ({
        endpoint: endpoint === null ? null : clipEndpoint(endpoint),
        name: clipText(name, 80),
        count: whole(histogram.count),
        p50Ms: tidySize(histogram.quantile(0.5)),
        p95Ms: tidySize(histogram.quantile(0.95)),
      })),
    )
    .filter(({ count }) => count > 0)
    .slice(0, bounds.list);
}

function byLabel(a: WindowCell, b: WindowCell): number {
  return endpointLabel(a.endpoint) < endpointLabel(b.endpoint) ? -1 : 1;
}
