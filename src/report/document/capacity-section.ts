import { type Capacity, failingStep, heldStep } from "../../verdict/capacity/capacity.ts";
import { bracketOf } from "../../verdict/capacity/capacity-plan.ts";
import { type CapacitySection, type CapacityStepRow, mostSteps } from "./capacity-schema.ts";
import { clipText, ratioOf, sizeOrNull, tidySize, whole } from "./clip.ts";

export function capacitySectionOf(capacity: Capacity): CapacitySection {
  const { held, failing } = bracketOf(capacity.steps);
  const why = failingStep(capacity)?.why ?? null;
  return {
    unit: capacity.unit,
    load: held,
    rps: sizeOrNull(heldStep(capacity)?.rps ?? null),
    failing,
    why: why === null ? null : clipText(why),
    end: capacity.end,
    precision: tidySize(capacity.bounds.precision),
    steps: capacity.steps.slice(-mostSteps).map((one) => ({
      load: tidySize(one.load),
      outcome: one.outcome,
      windowMs: tidySize(one.windowMs),
      requests: whole(one.requests),
      rps: tidySize(one.rps),
      errorRatio: ratioOf(one.errorRatio),
      p50Ms: sizeOrNull(one.p50Ms),
      p95Ms: sizeOrNull(one.p95Ms),
      p99Ms: sizeOrNull(one.p99Ms),
      utilization: tidySize(one.utilization),
      why: one.why === null ? null : clipText(one.why),
    })),
  };
}

/** One row for each load, by load: its last word, which is the one that counts. */
export function stepsByLoad({ steps }: CapacitySection): CapacityStepRow[] {
  const last = new Map(steps.map((one) => [one.load, one]));
  return [...last.values()].sort((a, b) => a.load - b.load);
}
