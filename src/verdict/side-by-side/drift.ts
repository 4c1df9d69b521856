import { Counts } from "../statistics/counts.ts";
import { robustTest } from "../statistics/robust-p.ts";
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
const fewestOthers = 3;
/** The others became slower, if the machine's own wavering does so this rarely. */
const slower = 0.005;
/**
 * The others became faster. More readily: what is lost is some precision, and an endpoint that stayed while nine became
 * faster on a machine that was unlucky is not blamed for it.
 */
const faster = 0.1;
/** Endpoints of one machine lie this far apart by chance once in a hundred; normal deviate, one-sided. */
const apart = 2.326;
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
 * so that an endpoint that did change is not taken for the machine. Null where the others are no measure of the
 * machine: too few are known, they moved further than they waver, or the middle half of them lies further apart than
 * endpoints of one machine do. Then they changed themselves.
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
  for (const [group, range] of groups.entries()) {
    const part = middle.reduce((sum, drift) => sum + over(drift.parts, range), 0);
    const share = middle.reduce((sum, drift) => sum + over(drift.shares, range), 0);
    parts[group] = part;
    felt[group] = share > 0 ? part / share : 0;
  }
  const { p, falling } = robustTest(parts);
  if (p < slower || falling < faster) return null;
  return areAlike(middle, { groups, felt, level: sum(parts) / middle.length }) ? felt : null;
}

/**
 * Whether endpoints differ by no more than each of them scatters about what all felt: the squares of their distances in
 * standard errors are chi-squared (its normal approximation: Wilson and Hilferty, PNAS 17 (1931)).
 */
function areAlike(
  middle: readonly Drift[],
  {
    groups,
    felt,
    level,
  }: { groups: readonly (readonly [from: number, to: number])[]; felt: Float64Array; level: number },
): boolean {
  let squares = 0;
  for (const drift of middle) {
    const rest = groups.map((range, g) => over(drift.parts, range) - over(drift.shares, range) * (felt[g] as number));
    const { standardError } = robustTest(rest);
    if (standardError > 0) squares += ((drift.level - level) / standardError) ** 2;
  }
  const df = middle.length - 1;
  if (df === 0) return true;
  const spread = 2 / (9 * df);
  return (Math.cbrt(squares / df) - (1 - spread)) / Math.sqrt(spread) <= apart;
}

function over(values: Float64Array, [from, to]: readonly [from: number, to: number]): number {
  let all = 0;
  for (let i = from; i < to; i++) all += values[i] as number;
  return all;
}

function sum(values: Float64Array): number {
  return over(values, [0, values.length]);
}
