import { logChoose } from "./binomial.ts";

/** Failures among requests. */
export interface Proportion {
  readonly failures: number;
  readonly requests: number;
}

/**
 * Fisher's exact test, one-sided: the chance that `after` gets as many of all the failures as it did, or more, if
 * both sides fail alike. Given the margins, its share is hypergeometric.
 */
export function fisherUpperTail({ before, after }: { before: Proportion; after: Proportion }): number {
  const failures = before.failures + after.failures;
  const requests = before.requests + after.requests;
  const all = logChoose(requests, after.requests);
  let sum = 0;
  for (let k = after.failures; k <= Math.min(failures, after.requests); k++) {
    if (failures - k > before.requests) continue;
    sum += Math.exp(logChoose(failures, k) + logChoose(requests - failures, after.requests - k) - all);
  }
  return Math.min(1, sum);
}
