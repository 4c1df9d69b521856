import type { ReportedPercentile } from "../stats/reported-percentiles.ts";

/** So many requests of one latency, milliseconds. */
export interface Weighted {
  readonly ms: number;
  readonly count: number;
}

/**
 * Latencies that agree with what is stated of them, in rising order and as many as there were: the smallest, the
 * largest, and at the rank of every percentile its value. In between they rise evenly: nothing is known there.
 *
 * Locust's percentile p is the value at index floor(n·p) of the sorted latencies, from 0; the one before stands for it
 * too where p·n is whole, so that the percentile reads the same by either of the usual definitions.
 * @param pieces how many different values stand between two stated ones, at most
 */
export function latenciesOf({
  count,
  minMs,
  maxMs,
  percentiles,
  pieces,
}: {
  count: number;
  minMs: number;
  maxMs: number;
  percentiles: readonly ReportedPercentile[];
  pieces: number;
}): Weighted[] {
  const known = anchors({ count, minMs, maxMs, percentiles });
  const out: Weighted[] = [];
  for (const [i, { index, ms }] of known.entries()) {
    const before = known[i - 1];
    if (before) out.push(...between(before, { index, ms }, pieces));
    out.push({ ms, count: 1 });
  }
  return out;
}

interface Anchor {
  readonly index: number;
  readonly ms: number;
}

function anchors({
  count,
  minMs,
  maxMs,
  percentiles,
}: {
  count: number;
  minMs: number;
  maxMs: number;
  percentiles: readonly ReportedPercentile[];
}): Anchor[] {
  const out: Anchor[] = count > 0 ? [{ index: 0, ms: minMs }] : [];
  const put = (index: number, ms: number) => {
    const last = out.at(-1);
    if (last && index > last.index) out.push({ index, ms: Math.min(maxMs, Math.max(last.ms, ms)) });
  };
  for (const { ratio, ms } of percentiles) {
    // A product of whole numbers and decimals may miss a whole number by a hair.
    const rank = Math.round(ratio * count * 1e6) / 1e6;
    for (const index of [Math.ceil(rank) - 1, Math.floor(rank)]) if (index < count - 1) put(index, ms);
  }
  put(count - 1, maxMs);
  return out;
}

function between(from: Anchor, to: Anchor, pieces: number): Weighted[] {
  const inner = to.index - from.index - 1;
  const parts = from.ms === to.ms ? Math.min(1, inner) : Math.min(pieces, inner);
  return Array.from({ length: parts }, (_, i) => ({
    ms: from.ms + ((to.ms - from.ms) * (i + 0.5)) / parts,
    count: Math.floor(((i + 1) * inner) / parts) - Math.floor((i * inner) / parts),
  }));
}

/** Some of the requests of a moment: `ms` is what they are ranked by. */
export interface Ranked extends Weighted {
  readonly slot: number;
}

/**
 * Deals latencies out to moments by rank: the moment that has the slowest requests, by what is known of it, is given
 * the slowest latencies. So their sum stays what was stated of all of them, whatever is known of the moments.
 * @param latencies rising
 * @param ranked as many requests as latencies
 */
export function deal(
  latencies: readonly Weighted[],
  ranked: readonly Ranked[],
  take: (slot: number, part: Weighted) => void,
): void {
  const order = [...ranked].sort((a, b) => a.ms - b.ms || a.slot - b.slot);
  let at = 0;
  let left = order[0]?.count ?? 0;
  for (const { ms, count } of latencies) {
    let open = count;
    while (open > 0 && at < order.length) {
      const part = Math.min(open, left);
      if (part > 0) take((order[at] as Ranked).slot, { ms, count: part });
      open -= part;
      left -= part;
      if (left === 0) {
        at++;
        left = order[at]?.count ?? 0;
      }
    }
  }
}
