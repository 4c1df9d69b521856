import * as z from "zod";

/** Most steps a report tells; a search takes fewer. */
export const mostSteps = 60;
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
