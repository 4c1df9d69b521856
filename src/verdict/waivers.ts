import type { Waiver } from "../slo/configuration.ts";
import { waiverFor } from "../slo/waiver.ts";
import type { Comparison } from "./comparison.ts";

/** Regressions that the configuration waives, marked so; they stay visible and no longer fail the run. */
export function waive(
  comparisons: readonly Comparison[],
  { waivers, today }: { waivers: readonly Waiver[]; today: string },
): Comparison[] {
  return comparisons.map((comparison) => {
    const { endpoint, metric, outcome } = comparison;
    if (outcome !== "regressed") return comparison;
    const found = waiverFor(waivers, { endpoint, metric, today });
    return found ? { ...comparison, waived: { until: found.until, reason: found.reason } } : comparison;
  });
}
