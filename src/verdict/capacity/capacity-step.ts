import { evaluate } from "../../slo/evaluate.ts";
import type { ThresholdResult } from "../../slo/promise.ts";
import type { Threshold } from "../../slo/threshold/threshold.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { shownPercentile } from "../../stats/summary.ts";
import { isBusy, strainOf } from "../validity/saturation.ts";
import { invalidities } from "../validity/validity.ts";
import type { Reason } from "../verdict.ts";
import type { StepOutcome, Tried } from "./capacity-plan.ts";

/** One load that was tried, and what it came to. Rates per second, ratios 0–1. */
export interface CapacityStep extends Tried {
  /** Judged time. */
  readonly windowMs: number;
  readonly requests: number;
  readonly rps: number;
  readonly errorRatio: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** The generator's busiest thread. */
  readonly utilization: number;
  /** Why it did not hold, in one sentence; null where it did. */
  readonly why: string | null;
}

/** What says that something between us and the target was the limit: no larger load can be judged from here. */
const limits: ReadonlySet<string> = new Set(["saturated", "machine-busy", "cores-shared", "blocked", "throttled"]);
/** What no load of the target explains. */
const ours: ReadonlySet<string> = new Set(["interrupted", "missing-await", "forbidden-host"]);

/**
 * Judges a step by the promises and by whether it can be judged at all. Under more load than it can bear a target
 * breaks in many ways (it goes away, its answers make the locustfile throw): once a smaller load has held, that is a
 * broken promise like any other.
 */
export function judgeStep({
  load,
  result,
  thresholds,
  hasHeld,
}: {
  load: number;
  result: RunResult;
  thresholds: readonly Threshold[];
  /** Whether a smaller load has held. */
  hasHeld: boolean;
}): CapacityStep {
  const { summary } = result;
  const total = summary.totals.find(({ arm }) => arm === "head");
  return {
    load,
    ...outcomeOf({ result, promises: evaluate(thresholds, result.blocks), hasHeld }),
    windowMs: summary.windowMs,
    requests: total?.requests ?? 0,
    rps: total?.rps ?? 0,
    errorRatio: total?.errorRatio ?? 0,
    p50Ms: total ? shownPercentile(total, 0.5) : null,
    p95Ms: total ? shownPercentile(total, 0.95) : null,
    p99Ms: total ? shownPercentile(total, 0.99) : null,
    utilization: strainOf(result).worstUtilization,
  };
}

function outcomeOf({
  result,
  promises,
  hasHeld,
}: {
  result: RunResult;
  promises: readonly ThresholdResult[];
  hasHeld: boolean;
}): { outcome: StepOutcome; why: string | null } {
  const invalid = invalidities(result);
  const broken = promises.find(({ outcome }) => outcome === "fail");
  const limit = invalid.find(({ code }) => limits.has(code) && !(broken && isTargetsDoing(code, result)));
  const own = invalid.find(({ code }) => ours.has(code));
  if (own) return { outcome: "unjudged", why: own.message };
  if (limit) return { outcome: "limited", why: limit.message };
  const others = invalid.filter(({ code }) => !limits.has(code));
  const noData = promises.find(({ outcome }) => outcome === "no-data");
  const isBreaking = broken !== undefined || noData !== undefined || others.some(isCollapse);
  if (others.length > 0 && !(hasHeld && isBreaking)) return { outcome: "unjudged", why: messageOf(others[0]) };
  if (broken) return { outcome: "broken", why: broken.message };
  // So few requests that an endpoint had none say nothing of the load; under a larger one something broke on the way.
  if (noData) return { outcome: hasHeld ? "broken" : "unjudged", why: noData.message };
  if (others.length > 0) return { outcome: "broken", why: messageOf(others[0]) };
  const open = promises.find(({ outcome }) => outcome === "undecided");
  return open ? { outcome: "undecided", why: open.message } : { outcome: "held", why: null };
}

/** In the open model iterations start late when every user waits for the target; then it is the target. */
function isTargetsDoing(code: string, result: RunResult): boolean {
  return code === "saturated" && !isBusy(result);
}

function isCollapse({ code }: Reason): boolean {
  return code === "target-gone";
}

function messageOf(reason: Reason | undefined): string {
  return reason?.message ?? "";
}
