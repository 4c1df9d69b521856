import type { Proportion } from "./fisher.ts";

export interface DifferenceInterval {
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
}

/**
 * The interval of a difference of two proportions, `after` less `before`: Newcombe's hybrid score interval
 * (Statistics in Medicine 17 (1998), method 10), built from Wilson's interval of each side.
 * @param z the normal quantile: 1.959964 for 95 %, 1.644854 for 90 %
 */
export function newcombe({
  before,
  after,
  z,
}: {
  before: Proportion;
  after: Proportion;
  z: number;
}): DifferenceInterval {
  const a = wilson(before, z);
  const b = wilson(after, z);
  const estimate = b.p - a.p;
  return {
    low: estimate - Math.hypot(b.p - b.low, a.high - a.p),
    estimate,
    high: estimate + Math.hypot(b.high - b.p, a.p - a.low),
  };
}

function wilson({ failures, requests }: Proportion, z: number): { p: number; low: number; high: number } {
  const p = failures / requests;
  const zz = (z * z) / requests;
  const middle = (p + zz / 2) / (1 + zz);
  const half = (z * Math.sqrt((p * (1 - p)) / requests + zz / (4 * requests))) / (1 + zz);
  return { p, low: middle - half, high: middle + half };
}
