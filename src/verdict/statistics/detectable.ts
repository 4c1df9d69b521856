import type { ComparisonMetric } from "../comparison.ts";
import { percentileOf } from "../settings.ts";
import { fisherUpperTail } from "./fisher.ts";
import { preciseShare, relativeInterval } from "./relative-test.ts";
import { guardOf } from "./robust-p.ts";
import { type LatencyWindows, ratioInterval, scoreEstimate } from "./score-test.ts";
import { tQuantile, tUpperTail } from "./student-t.ts";

/** Of the normal distribution: what must be added so that nine in ten are found. */
const z90OneSided = 1.2816;
/** One standard error to each side. */
const oneSigma = 0.158655;

/**
 * The smallest relative change of a percentile that this measurement would have called a regression in nine of ten
 * cases: past the critical value of the test, past the tolerance, past the minimum effect.
 */
export function detectableRatio(
  windows: LatencyWindows,
  {
    felt,
    metric,
    alpha,
    tolerance,
    before,
    minEffectMs,
    margin,
  }: {
    /** What the others felt, where the endpoint was held against them, too. */
    felt: ArrayLike<number> | null;
    metric: ComparisonMetric;
    alpha: number;
    tolerance: number;
    before: number;
    minEffectMs: number;
    margin: number;
  },
): number | null {
  const ratio = percentileOf(metric);
  if (ratio === null) return null;
  const { df } = guardOf(windows.windows.length);
  const critical = tQuantile({ upper: felt ? alpha * preciseShare : alpha, df });
  // Beyond this chance lies what would be found: how much slower the base must be for the head to look so much slower.
  const found = tUpperTail({ t: critical + reachOf(critical, df), df });
  const intervalAt = (upper: number) =>
    felt
      ? relativeInterval({ windows, felt }, { ratio, upper })
      : ratioInterval(windows, { ratio, upper, guarded: true });
  const { low, high } = intervalAt(oneSigma);
  const standardError = Math.log(high / low) / 2;
  const estimate = felt
    ? relativeInterval({ windows, felt }, { ratio, upper: 0.5 }).estimate
    : scoreEstimate(windows, ratio);
  const byTest = (estimate / intervalAt(found).low) * (1 + margin) - 1;
  const least = Math.max(tolerance, minEffectMs / before);
  return Math.max(byTest, (1 + least) * Math.exp(z90OneSided * standardError) - 1);
}

/**
 * By how many standard errors a change must lie past the critical value to be found in nine of ten cases: more than the
 * normal distribution's 1.28, since the standard error is an estimate, too (the noncentral t distribution, approximated).
 */
function reachOf(critical: number, df: number): number {
  return z90OneSided * Math.sqrt(1 + critical ** 2 / (2 * df));
}

/** The same for the error rate, as a difference of ratios: so many more failures that Fisher's test rejects. */
export function detectableErrors({
  alpha,
  tolerance,
  before,
  n,
}: {
  alpha: number;
  tolerance: number;
  before: number;
  n: number;
}): number {
  const requests = Math.max(1, Math.floor(n / 2));
  const failures = Math.round(before * requests);
  const rejects = (more: number) =>
    fisherUpperTail({ before: { failures, requests }, after: { failures: failures + more, requests } }) <= alpha;
  let enough = Math.max(1, Math.ceil(tolerance * requests));
  while (failures + enough < requests && !rejects(enough)) enough = Math.ceil(enough * 1.1);
  return Math.min(1, (enough + z90OneSided * Math.sqrt(2 * failures + enough)) / requests);
}
