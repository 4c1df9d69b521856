import type { Block } from "../stats/snapshot.ts";
import { evaluate } from "./evaluate.ts";
import type { ThresholdResult } from "./promise.ts";
import type { Threshold } from "./threshold/threshold.ts";
import { leastRequests } from "./windows.ts";

/** Asked again and again, one in twenty would be wrong sooner or later: it takes far more to end a run than to judge it. */
const abortConfidence = 0.999;

/**
 * The first promise that is broken by what was measured so far and says that this ends the run (k6's `abortOnFail`
 * with `delayAbortEval`); null while there is none.
 * @param elapsedMs since the load began
 */
export function abortingPromise(
  thresholds: readonly Threshold[],
  { blocks, elapsedMs }: { blocks: readonly Block[]; elapsedMs: number },
): ThresholdResult | null {
  for (const threshold of thresholds) {
    if (threshold.abortAfterMs === null || elapsedMs <= threshold.abortAfterMs) continue;
    const least = leastRequests(threshold.metric);
    const broken = evaluate([threshold], blocks, { confidence: abortConfidence }).find(
      ({ outcome, n }) => outcome === "fail" && n >= least,
    );
    if (broken) return broken;
  }
  return null;
}
