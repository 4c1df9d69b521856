import { logGamma } from "./student-t.ts";

/** The chance of `atLeast` or more successes in `trials` with chance `p` each; exact. */
export function binomialUpperTail({ atLeast, trials, p }: { atLeast: number; trials: number; p: number }): number {
  if (atLeast <= 0) return 1;
  if (atLeast > trials || p <= 0) return 0;
  if (p >= 1) return 1;
  let sum = 0;
  for (let k = atLeast; k <= trials; k++) {
    sum += Math.exp(logChoose(trials, k) + k * Math.log(p) + (trials - k) * Math.log1p(-p));
  }
  return Math.min(1, sum);
}

/** ln of the number of ways to choose `k` of `n`. */
export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
