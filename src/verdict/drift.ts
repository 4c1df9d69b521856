import { Counts } from "./counts.ts";
import { robustTest } from "./robust-p.ts";
import type { Series } from "./series.ts";

/**
 * How the head's machine stood against the base's, block by block, as one endpoint felt it: in a block whose requests
 * are the share `s` of all its requests, and took e^d times as long at the head, the part is about s · d.
 */
export interface Drift {
  /** Of every block; they add up to `level`. */
  readonly parts: Float64Array;
  /** Of every block, the share of the endpoint's requests; they add up to 1. */
  readonly shares: Float64Array;
  /** ln(head / base) of the median over the whole run. */
  readonly level: number;
}

/** For endpoints with fewer neighbours there is no telling what is common. */
export const fewestOthers = 3;
/** Two-sided: the others moved, if the machine's own wavering does so this rarely. */
const moved = 0.01;
/** Half the width, on the logarithm, over which the density at the median is taken. */
const reach = 0.1;

/** Null where an arm has too little to say. */
export function driftOf({ base, head }: Series): Drift | null {
  const sums = { base: total(base), head: total(head) };
  if (sums.base.total < 100 || sums.head.total < 100) return null;
  const us = Math.sqrt(sums.base.quantile(0.5) * sums.head.quantile(0.5));
  const share = (at: number) =>
    0.5 * (sums.base.above(at) / sums.base.total) + 0.5 * (sums.head.above(at) / sums.head.total);
  const density = (share(us * Math.exp(-reach)) - share(us * Math.exp(reach))) / (2 * reach);
  if (density <= 0) return null;
  const overall = share(us);
  const parts = new Float64Array(base.length);
  const shares = new Float64Array(base.length);
  let level = 0;
  for (let i = 0; i < base.length; i++) {
    const b = (base[i] as Series["base"][number]).latencies;
    const h = (head[i] as Series["head"][number]).latencies;
    const difference =
      (h.above(us) - overall * h.total) / sums.head.total - (b.above(us) - overall * b.total) / sums.base.total;
    parts[i] = difference / density;
    shares[i] = 0.5 * (b.total / sums.base.total + h.total / sums.head.total);
    level += parts[i] as number;
  }
  return { parts, shares, level };
}

function total(cells: Series["base"]): Counts {
  return Counts.sum(cells.map(({ latencies }) => latencies));
}

/**
 * What the middle half of the endpoints felt in every group of blocks: ln(head / base). The outer halves are left out,
 * so that an endpoint that did change is not taken for the machine. Null of too few, and where the others moved
 * further than they waver: then they changed themselves, and are no measure of the machine.
 */
export function feltBy(
  others: readonly (Drift | null)[],
  groups: readonly (readonly [from: number, to: number])[],
): Float64Array | null {
  const known = others.filter((drift) => drift !== null).sort((a, b) => a.level - b.level);
  if (known.length < fewestOthers) return null;
  const outer = Math.round(known.length / 4);
  const middle = known.slice(outer, known.length - outer);
  const parts = new Float64Array(groups.length);
  const felt = new Float64Array(groups.length);
  for (const [group, [from, to]] of groups.entries()) {
    let part = 0;
    let share = 0;
    for (const drift of middle) {
      for (let i = from; i < to; i++) {
        part += drift.parts[i] as number;
        share += drift.shares[i] as number;
      }
    }
    parts[group] = part;
    felt[group] = share > 0 ? part / share : 0;
  }
  const { p, falling } = robustTest(parts);
  return 2 * Math.min(p, falling) > moved ? felt : null;
}
