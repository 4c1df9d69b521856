import { ours, type Sentence, saidOf, say } from "../../base/sentence.ts";
import type { Comparison } from "../comparison.ts";
import { reason } from "../reasons.ts";
import { detectable, type Prediction, predict } from "../statistics/prediction.ts";
import { tQuantile } from "../statistics/student-t.ts";
import { levelPrior } from "../stored/stored-question.ts";
import type { Reason } from "../verdict.ts";
import { bracketOf, isConfirmed, type SearchBounds, type SearchEnd } from "./capacity-plan.ts";
import type { CapacityStep } from "./capacity-step.ts";

/** What the load is counted in: users (closed model), or task iterations started per second (open model). */
export type CapacityUnit = "users" | "arrivals/s";

/** The largest load that keeps the promises, and how it was found. */
export interface Capacity {
  readonly unit: CapacityUnit;
  readonly steps: readonly CapacityStep[];
  /** Why the search ended: by its plan, or because its time was over. */
  readonly end: SearchEnd | "time";
  readonly bounds: SearchBounds;
}

/** How narrow the bracket has to be: half of what may be lost before it matters, 2 % at least. */
export function precisionOf(tolerance: number): number {
  return Math.max(0.02, tolerance / 2);
}

/** The step of the largest load that held; null where none did. */
export function heldStep({ steps }: Pick<Capacity, "steps">): CapacityStep | null {
  return lastAt(steps, bracketOf(steps).held);
}

/** The step of the least load that did not hold; null where every one did. */
export function failingStep({ steps }: Pick<Capacity, "steps">): CapacityStep | null {
  return lastAt(steps, bracketOf(steps).failing);
}

function lastAt(steps: readonly CapacityStep[], load: number | null): CapacityStep | null {
  return steps.findLast((step) => step.load === load) ?? null;
}

/** Whether the knee was not reached: what held is then a lower bound. */
export function isLowerBound(capacity: Capacity): boolean {
  return failingStep(capacity) === null;
}

/** Whether a capacity is so far below stored ones that what failed is to be tried again before it is believed. */
export function isDrop(held: number, { past, settings }: { past: readonly number[]; settings: DropSettings }): boolean {
  if (past.length === 0) return false;
  const test = predictionOf(held, past);
  return test.down < 1 - settings.confidence && isMaterial(test, settings.tolerance);
}

export interface DropSettings {
  /** Of the verdict, 0–1. */
  readonly confidence: number;
  /** What may be lost, as a ratio. */
  readonly tolerance: number;
}

/**
 * A capacity against stored ones, by the prediction test that stored latencies are judged by
 * (docs/statistics.md#stored-baseline): a run is one number, and how much runs differ is learnt from the runs. Without
 * a past it carries the capacity alone, so that whoever reads comparisons finds it there. Null where nothing held: then
 * a promise is broken, and that is told instead.
 * @param past loads that held in earlier runs, of the same profile
 */
export function compareCapacity(
  capacity: Capacity,
  { past, settings }: { past: readonly number[]; settings: DropSettings },
): Comparison | null {
  const held = heldStep(capacity);
  if (!held) return null;
  if (past.length === 0) return alone(held, settings);
  const test = predictionOf(held.load, past);
  const { tolerance, confidence } = settings;
  const less = isMaterial(test, tolerance);
  const proven = test.down < 1 - confidence;
  const warnings: Sentence[] = [];
  const isUnconfirmed = less && proven && !isLowerBound(capacity) && !isConfirmed(capacity.steps);
  if (less && isLowerBound(capacity)) warnings.push(say`the limit was not reached: what held is a lower bound`);
  if (isUnconfirmed) warnings.push(say`seen once; no time was left to try it again`);
  const better = test.up < 1 - confidence && Math.expm1(test.estimate) >= tolerance;
  return {
    endpoint: null,
    metric: "capacity",
    method: "baseline",
    before: held.load / Math.exp(test.estimate),
    after: held.load,
    change: intervalOf(test),
    p: test.down,
    n: held.requests,
    tolerance,
    smallestDetectable: Math.max(tolerance, 1 - 1 / (1 + detectable(test, { alpha: 1 - confidence, margin: 0 }))),
    outcome: less
      ? proven && warnings.length === 0
        ? "regressed"
        : "inconclusive"
      : better
        ? "improved"
        : "unchanged",
    ...(isUnconfirmed && { confirmation: "missing" as const }),
    warnings: warnings.map(({ text }) => text),
    said: saidOf(...warnings),
    explanation: [],
  };
}

function alone({ load, requests }: CapacityStep, { tolerance }: DropSettings): Comparison {
  return {
    endpoint: null,
    metric: "capacity",
    method: "baseline",
    before: null,
    after: load,
    change: null,
    p: null,
    n: requests,
    tolerance,
    smallestDetectable: null,
    outcome: "no-baseline",
    warnings: [],
    explanation: [],
  };
}

/** Nothing was compared and the knee was not found: the question stays open. */
export function openEnd(capacity: Capacity, comparison: Comparison | null): Reason[] {
  if (heldStep(capacity) === null) return nothingSure(capacity);
  if (comparison?.outcome === "unchanged" || comparison?.outcome === "improved") return [];
  const least = heldStep(capacity)?.load ?? 0;
  if (capacity.end === "limited" && isLowerBound(capacity)) {
    return [
      reason(
        "inconclusive",
        say`${least} ${ours(capacity.unit)} hold; more cannot be judged: ${capacity.steps.at(-1)?.why ?? ""}`,
        say`Generate the load on a larger machine, with more \`threads\` or in several shards.`,
      ),
    ];
  }
  if (capacity.end !== "time") return [];
  return [
    reason(
      "inconclusive",
      say`The search ran out of time at ${least} ${ours(capacity.unit)}, before it found how much is too much.`,
      say`Raise \`max-duration\`, shorten \`run-time\` (the length of a step), or start nearer with \`users\`.`,
    ),
  ];
}

/** No load held, and the least of them did not break a promise either: that must not look like a pass. */
function nothingSure({ steps, unit }: Capacity): Reason[] {
  const least = steps.findLast(({ load }) => load === Math.min(...steps.map((step) => step.load)));
  if (least?.outcome !== "undecided") return [];
  return [
    reason(
      "inconclusive",
      say`No load keeps the promises for sure, not even ${least.load} ${ours(least.load === 1 && unit === "users" ? "user" : unit)}: ${least.why ?? ours("the limit lies inside the interval")}`,
      say`Longer steps (\`run-time\`) narrow the interval; or promise something further from what is normal.`,
    ),
  ];
}

function predictionOf(load: number, past: readonly number[]): Prediction {
  return predict({ past: past.map(Math.log), next: [Math.log(load)], prior: levelPrior, margin: 0 });
}

/** Past the tolerance. */
function isMaterial({ estimate }: Prediction, tolerance: number): boolean {
  return -Math.expm1(estimate) >= tolerance;
}

/** The 95 % prediction interval. */
function intervalOf({ estimate, standardError, df }: Prediction): NonNullable<Comparison["change"]> {
  const reach = tQuantile({ upper: 0.025, df }) * standardError;
  return { estimate: Math.expm1(estimate), low: Math.expm1(estimate - reach), high: Math.expm1(estimate + reach) };
}
