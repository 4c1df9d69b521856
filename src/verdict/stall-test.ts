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
/** So many more stalls than the base had, before they matter. */
export const materialStalls = 8;

export interface StallTest {
  /** Half seconds in which only this arm stalled. */
  readonly baseOnly: number;
  readonly headOnly: number;
  /** One-sided sign test: were it a coin, how often would the head stall alone this often or more? */
  readonly p: number;
}

/**
 * Does the head stand still on its own? A percentile is blind to rare stalls, and screening would hide them; moments
 * in which both arms stall are the machine's and count for neither. reference: statistics.md 4.3.
 */
export function stallTest(windows: readonly StallWindow[]): StallTest {
  let baseOnly = 0;
  let headOnly = 0;
  for (const { base, head } of windows) {
    const b = isStalled(base);
    const h = isStalled(head);
    if (b && !h) baseOnly++;
    if (h && !b) headOnly++;
  }
  return { baseOnly, headOnly, p: binomialUpperTail({ atLeast: headOnly, trials: baseOnly + headOnly, p: 0.5 }) };
}

function isStalled({ requests, slow }: Readonly<StallCell>): boolean {
  return requests >= fewestRequests && slow >= stalledShare * requests;
}
