import * as z from "zod";
import { type Capacity, failingStep, heldStep } from "../verdict/capacity.ts";
import { bracketOf } from "../verdict/capacity-plan.ts";
import { clipText, ratioOf, sizeOrNull, tidySize, whole } from "./clip.ts";

/** Most steps a report tells; a search takes fewer. */
const mostSteps = 60;
const longestWhy = 500;

const rate = z.number().min(0).max(1e12);
const ms = z.number().min(0).max(1e12);

const step = z.object({
  load: rate,
  outcome: z.enum(["held", "broken", "undecided", "limited", "unjudged"]),
  /** Judged time. */
  windowMs: ms,
  requests: z.int().min(0),
  rps: rate,
  errorRatio: z.number().min(0).max(1),
  p50Ms: ms.nullable(),
  p95Ms: ms.nullable(),
  p99Ms: ms.nullable(),
  /** The generator's busiest thread. */
  utilization: rate,
  /** Why it did not hold. */
  why: z.string().max(longestWhy).nullable(),
});

/** What a search for the largest load found, as `report.json` and `capacity.json` tell it. */
export const capacitySection = z.object({
  unit: z.enum(["users", "arrivals/s"]),
  /** The largest load that held; null where none did. */
  load: rate.nullable(),
  /** Requests per second at that load. */
  rps: rate.nullable(),
  /** The least load that did not hold; null where every one did, so that `load` is a lower bound. */
  failing: rate.nullable(),
  /** Why what failed did. */
  why: z.string().max(longestWhy).nullable(),
  end: z.enum(["bracketed", "cap", "limited", "floor", "unjudged", "time"]),
  /** How narrow the bracket was to be: its upper end at most so much above its lower one. */
  precision: z.number().min(0).max(10),
  /** In the order they were taken; the last word on a load counts. */
  steps: z.array(step).max(mostSteps),
});

export type CapacitySection = z.infer<typeof capacitySection>;
export type CapacityStepRow = CapacitySection["steps"][number];

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
