import { binomialUpperTail } from "./binomial.ts";

/** Requests of one arm over half a second, all endpoints, and how many were far slower than their endpoint's usual. */
export interface StallCell {
  requests: number;
  slow: number;
}

/** Both arms over the same half second. */
export interface StallWindow {
  readonly base: Readonly<StallCell>;
  readonly head: Readonly<StallCell>;
}

/** A request is slow past this many times its endpoint's pooled p75. */
export const slowFactor = 4;
const stalledShare = 0.2;
const fewestRequests = 5;
/** Half seconds between two that belong to one stall all the same. */
const gap = 2;
/** So many more stalls than the base had, before they matter. */
export const materialStalls = 8;

export interface StallTest {
  /** Stalls of this arm alone. */
  readonly baseOnly: number;
  readonly headOnly: number;
  /** One-sided sign test: were it a coin, how often would the head stall alone this often or more? */
  readonly p: number;
}

/**
 * Does the head stand still on its own? A percentile is blind to rare stalls, and screening would hide them; moments
 * in which both arms stall are the machine's and count for neither. Half seconds that follow one another are one stall:
 * however long it lasts, it happened once, and once proves nothing.
 */
export function stallTest(windows: readonly StallWindow[]): StallTest {
  const base = stallsOf(windows.map((window) => window.base));
  const head = stallsOf(windows.map((window) => window.head));
  const baseOnly = base.filter((one) => !head.some((other) => meets(one, other))).length;
  const headOnly = head.filter((one) => !base.some((other) => meets(one, other))).length;
  return { baseOnly, headOnly, p: binomialUpperTail({ atLeast: headOnly, trials: baseOnly + headOnly, p: 0.5 }) };
}

interface Stall {
  /** First and last half second. */
  readonly from: number;
  to: number;
}

function stallsOf(cells: readonly Readonly<StallCell>[]): Stall[] {
  const out: Stall[] = [];
  for (const [at, cell] of cells.entries()) {
    if (!isStalled(cell)) continue;
    const last = out.at(-1);
    if (last && at - last.to <= gap) last.to = at;
    else out.push({ from: at, to: at });
  }
  return out;
}

/** A stall of the machine may begin at the end of a half second, so that one arm meets it in the next only. */
function meets(one: Stall, other: Stall): boolean {
  return one.from <= other.to + 1 && other.from <= one.to + 1;
}

function isStalled({ requests, slow }: Readonly<StallCell>): boolean {
  return requests >= fewestRequests && slow >= stalledShare * requests;
}
