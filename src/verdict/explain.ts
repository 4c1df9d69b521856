import { ours, type Sentence, say } from "../base/sentence.ts";
import { percent } from "../base/units.ts";
import { cellKey, endpointLabel } from "../stats/endpoint.ts";
import type { EndpointStats } from "../stats/endpoint-stats.ts";
import type { Histogram } from "../stats/histogram.ts";
import type { RunResult } from "../stats/run-result.ts";
import { phaseNames } from "../stats/sample.ts";
import { addCells } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import { type Comparison, withNotes } from "./comparison.ts";

/** A part that grew by less than this share of the whole growth explains nothing. */
const tellingShare = 0.3;
const phaseWords = {
  blocked: "waiting for a connection",
  dns: "looking up the name",
  connect: "connecting",
  tls: "the TLS handshake",
  firstByte: "waiting for the first byte",
  download: "the download",
} as const;

/**
 * Adds to every changed latency where the time went, from the phases and the Server-Timing metrics of both arms, and
 * says when only the tail is worse. Stored runs keep no phases, so there the words about the tail are all.
 */
export function explain(comparisons: readonly Comparison[], result: RunResult | null): Comparison[] {
  const cells = result ? addCells(result.blocks.filter(isJudged).map((block) => block.cells)) : new Map();
  return comparisons.map((comparison) => {
    const { endpoint, outcome, metric } = comparison;
    if (endpoint === null || outcome !== "regressed" || !metric.startsWith("p")) return comparison;
    const base: EndpointStats | undefined = cells.get(cellKey("base", endpoint));
    const head: EndpointStats | undefined = cells.get(cellKey("head", endpoint));
    const where = base && head ? whereItWent({ base, head }) : [];
    const first = withNotes({ ...comparison, explanation: [] }, { explanation: where });
    const own = { ...first, explanation: [...first.explanation, ...comparison.explanation] };
    return withNotes(own, { explanation: tailOnly(comparison, comparisons) });
  });
}

interface Part {
  readonly words: Sentence;
  /** Milliseconds per request. */
  readonly grew: number;
}

/** The mean is what parts add up to; percentiles of parts do not. */
export function whereItWent({ base, head }: { base: EndpointStats; head: EndpointStats }): Sentence[] {
  const growth = meanMs(head.comparable) - meanMs(base.comparable);
  if (!(growth > 0)) return [];
  const parts: Part[] = phaseNames.map((name) => ({
    words: ours(phaseWords[name]),
    grew: share(head, head.phases[name]) - share(base, base.phases[name]),
  }));
  const metrics = [...new Set([...head.serverTiming.keys(), ...base.serverTiming.keys()])].map((name) => ({
    words: say`${name} of Server-Timing`,
    grew: share(head, head.serverTiming.get(name)) - share(base, base.serverTiming.get(name)),
  }));
  const telling = (list: readonly Part[]) =>
    list.filter(({ grew }) => grew >= tellingShare * growth).sort((a, b) => b.grew - a.grew);
  const of = (grew: number) => ours(`${ms(grew)} of ${ms(growth)} on average`);
  return [
    ...telling(parts).map(({ words, grew }) => say`${of(grew)} went into ${words}`),
    ...telling(metrics).map(({ words, grew }) => say`${of(grew)} shows in ${words}`),
    ...moreConnections({ base, head }),
  ];
}

function moreConnections({ base, head }: { base: EndpointStats; head: EndpointStats }): Sentence[] {
  const ratio = ({ phases, requests }: EndpointStats) => (phases.connect?.count ?? 0) / Math.max(1, requests);
  const before = ratio(base);
  const after = ratio(head);
  if (after - before < 0.1) return [];
  return [
    ours(`new connections for ${percent(after)} of the requests, before ${percent(before)}: keep-alive was lost`),
  ];
}

/** Same median, worse tail: a few requests got much slower, not all of them a little. */
function tailOnly({ endpoint, metric }: Comparison, all: readonly Comparison[]): Sentence[] {
  if (metric === "p50" || endpoint === null) return [];
  const label = endpointLabel(endpoint);
  const middle = all.find((one) => one.metric === "p50" && one.endpoint && endpointLabel(one.endpoint) === label);
  if (!middle?.change || middle.outcome === "regressed" || Math.abs(middle.change.estimate) >= middle.tolerance)
    return [];
  return [say`the median stayed: some requests got much slower, not all of them a little`];
}

/** Milliseconds per request of the endpoint, those without this part included. */
function share({ requests }: EndpointStats, part: Histogram | undefined): number {
  return part ? (meanMs(part) * part.count) / Math.max(1, requests) : 0;
}

function meanMs(histogram: Histogram): number {
  let sum = 0;
  for (const { lowUs, highUs, count } of histogram.bins()) sum += (count * (lowUs + highUs)) / 2;
  return histogram.count === 0 ? 0 : sum / histogram.count / 1000;
}

function ms(value: number): string {
  return `${Number(value.toPrecision(value >= 100 ? 3 : 2))} ms`;
}
