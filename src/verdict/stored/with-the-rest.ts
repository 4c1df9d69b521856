import { say } from "../../base/sentence.ts";
import { type Comparison, withNotes } from "../comparison.ts";

/**
 * Where the run as a whole is proven to be slower, an endpoint that is slower as well is not blamed for it; but neither
 * is it open whether it became slower.
 */
export function withTheRest(comparisons: readonly Comparison[]): Comparison[] {
  if (!comparisons.some(({ metric, outcome }) => metric === "suite" && outcome === "regressed"))
    return [...comparisons];
  return comparisons.map((one) => {
    const { endpoint, metric, outcome, change, tolerance } = one;
    const isOpen = outcome === "inconclusive" && endpoint !== null && metric.startsWith("p");
    if (!isOpen || !change || change.low === null || change.low <= 0 || change.estimate < tolerance) return one;
    return withNotes({ ...one, withTheRest: true }, { explanation: [say`moved with the other endpoints`] });
  });
}
