import type { Endpoint } from "../../stats/endpoint.ts";
import { blockMs } from "../../stats/snapshot.ts";
import { Counts } from "../statistics/counts.ts";
import { type ErrorWindow, sum } from "../statistics/error-test.ts";
import type { LatencyWindow } from "../statistics/score-test.ts";
import { median } from "../statistics/screen.ts";
import { type StallCell, type StallWindow, slowFactor } from "../statistics/stall-test.ts";
import { type Drift, driftOf, feltBy } from "./drift.ts";
import type { Cell, Series } from "./series.ts";

/** One endpoint cut into windows: the unit of every test within a run. */
export interface EndpointWindows {
  readonly endpoint: Endpoint;
  readonly widthMs: number;
  readonly latency: readonly LatencyWindow[];
  /** ln(head / base) in every window as the middle of the other endpoints felt it; null where they are too few. */
  readonly felt: ArrayLike<number> | null;
  readonly errors: readonly ErrorWindow[];
}

interface Unpaired {
  readonly endpoint: Endpoint;
  readonly requests: number;
}

/** All that one look at a side-by-side run is decided by. */
export interface RunWindows {
  readonly judgedMs: number;
  /** Endpoints that both arms have. */
  readonly endpoints: readonly EndpointWindows[];
  readonly stalls: readonly StallWindow[];
  /** Endpoints that only one arm has, with how many requests it made. */
  readonly appeared: readonly Unpaired[];
  readonly vanished: readonly Unpaired[];
}

const widthsMs = [1000, 2000, 4000, 5000] as const;
/** Requests per arm that the middle window should have. */
const wantedRequests = 5;

/** Where the arms have turns of a second, two turns are one window, or several times two. */
export const pairMs = 2000;
const pairedWidthsMs = [pairMs, 2 * pairMs, 4 * pairMs] as const;

/** How windows lie where the arms have turns: so many blocks before the first whole pair go with it. */
export interface Pairing {
  readonly lead: number;
}

/**
 * Cuts the first `blocks` blocks into windows: one second, and longer for endpoints of few requests.
 * @param pairing where the arms have turns
 */
export function cutWindows(all: readonly Series[], asked: number, pairing: Pairing | null = null): RunWindows {
  // A run that stopped a little short of a look has reached it, and has fewer blocks than it asks for.
  const blocks = Math.min(asked, all[0]?.base.length ?? asked);
  const cut = all.map(({ endpoint, base, head }) => ({
    endpoint,
    base: base.slice(0, blocks),
    head: head.slice(0, blocks),
  }));
  const has = (cells: readonly Cell[]) => cells.some(({ requests }) => requests > 0);
  const both = cut.filter(({ base, head }) => has(base) && has(head));
  const drifts = both.map(driftOf);
  return {
    judgedMs: blocks * blockMs,
    endpoints: both.map((series, me) =>
      endpointWindows(series, { pairing, others: drifts.filter((_, other) => other !== me) }),
    ),
    stalls: stallWindows(both, blocks),
    appeared: cut
      .filter(({ base, head }) => has(head) && !has(base))
      .map(({ endpoint, head }) => ({ endpoint, requests: sum(head).requests })),
    vanished: cut
      .filter(({ base, head }) => has(base) && !has(head))
      .map(({ endpoint, base }) => ({ endpoint, requests: sum(base).requests })),
  };
}

function endpointWindows(
  { endpoint, base, head }: Series,
  { pairing, others }: { pairing: Pairing | null; others: readonly (Drift | null)[] },
): EndpointWindows {
  const widthMs = widthFor(base, head, pairing);
  const groups = grouped(base.length, { size: widthMs / blockMs, lead: pairing?.lead ?? 0 });
  return {
    endpoint,
    widthMs,
    latency: groups.map(([from, to]) => ({
      base: Counts.sum(base.slice(from, to).map(({ latencies }) => latencies)),
      head: Counts.sum(head.slice(from, to).map(({ latencies }) => latencies)),
    })),
    felt: feltBy(others, groups),
    errors: groups.map(([from, to]) => ({ base: sum(base.slice(from, to)), head: sum(head.slice(from, to)) })),
  };
}

/** The shortest width at which the middle window has enough requests in both arms. */
function widthFor(base: readonly Cell[], head: readonly Cell[], pairing: Pairing | null): number {
  const widths = pairing ? pairedWidthsMs : widthsMs;
  for (const widthMs of widths) {
    const fewer = grouped(base.length, { size: widthMs / blockMs, lead: pairing?.lead ?? 0 }).map(([from, to]) =>
      Math.min(sum(base.slice(from, to)).requests, sum(head.slice(from, to)).requests),
    );
    if (median(fewer) >= wantedRequests) return widthMs;
  }
  return widths.at(-1) ?? pairMs;
}

/** Ranges of `size` blocks; what comes before joins the first one, what is left at the end the last. */
function grouped(blocks: number, { size, lead }: { size: number; lead: number }): [from: number, to: number][] {
  const count = Math.max(1, Math.floor((blocks - lead) / size));
  const edge = (i: number) => (i === 0 ? 0 : i === count ? blocks : lead + i * size);
  return Array.from({ length: count }, (_, i) => [edge(i), edge(i + 1)]);
}

function stallWindows(all: readonly Series[], blocks: number): StallWindow[] {
  const base = Array.from({ length: blocks }, () => ({ requests: 0, slow: 0 }));
  const head = Array.from({ length: blocks }, () => ({ requests: 0, slow: 0 }));
  for (const series of all) {
    const pooled = Counts.sum([...series.base, ...series.head].map(({ latencies }) => latencies));
    const limitUs = slowFactor * pooled.quantile(0.75);
    for (let i = 0; i < blocks; i++) {
      add(base[i] as StallCell, (series.base[i] as Cell).latencies, limitUs);
      add(head[i] as StallCell, (series.head[i] as Cell).latencies, limitUs);
    }
  }
  return base.map((cell, i) => ({ base: cell, head: head[i] as StallCell }));
}

function add(into: StallCell, latencies: Counts, limitUs: number): void {
  if (latencies.total === 0) return;
  into.requests += latencies.total;
  into.slow += latencies.above(limitUs);
}
