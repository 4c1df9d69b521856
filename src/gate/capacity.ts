import { GateError } from "../base/errors.ts";
import { type Usable, usable } from "../baseline/usable.ts";
import type { GateConfig } from "../config/gate-config.ts";
import type { Threshold } from "../slo/threshold/threshold.ts";
import type { LoadProfile, RunResult } from "../stats/run-result.ts";
import { type Capacity, type CapacityUnit, isDrop, precisionOf } from "../verdict/capacity/capacity.ts";
import { bracketOf, nextStep, type SearchBounds } from "../verdict/capacity/capacity-plan.ts";
import { type CapacityStep, judgeStep } from "../verdict/capacity/capacity-step.ts";
import { compareSettings } from "./judge.ts";
import { type GateStep, load, loadOrder } from "./load.ts";
import type { Past } from "./load-baseline.ts";
import { keepResult } from "./results/keep-result.ts";
import { shieldWatch } from "./watch/shield-watch.ts";
import { StopRule } from "./watch/stop-rule.ts";

/** A step with something undecided may take so many times its own time in all. */
const longestStep = 4;
/** No search takes more steps, whatever its time allows. */
const mostSteps = 40;
/** A step's users have all started after this long, unless somebody set the spawn rate. */
const rampSeconds = 3;
/** In the open model nobody is served by less than this many iterations per second. */
const leastRate = 0.1;

export interface Searched {
  readonly capacity: Capacity;
  /** The run at the largest load that held; else the one that says why there is none. On disk as `result.json`. */
  readonly result: RunResult;
  /** Earlier searches it may be compared with, oldest first, and why there are none. */
  readonly history: Usable;
}

/**
 * Steps the load to the largest that keeps the promises. Every step is a run of its own: a fresh process, users and
 * connections, a ramp and a warm-up, judged like any other run.
 */
export async function searchCapacity(stage: GateStep, remembered: Past): Promise<Searched> {
  const { config, world, directory } = stage;
  const unit: CapacityUnit = config.settings["arrival-rate"] === null ? "users" : "arrivals/s";
  const bounds = boundsOf(config);
  const stepMs = stepMsOf(config);
  const settings = compareSettings(config);
  const thresholds = config.thresholds.filter(isOfTarget);
  const steps: CapacityStep[] = [];
  const results = new Map<number, RunResult>();
  let history = noHistory;
  let leftMs = config.settings["max-duration"];
  let end: Capacity["end"] | null = null;
  while (end === null) {
    const next = nextStep(steps, bounds, (held) => isDrop(held, { past: loadsOf(history), settings }));
    if ("end" in next) end = next.end;
    else if (leftMs < stepMs || steps.length === mostSteps) end = "time";
    else {
      const most = Math.min(leftMs, longestStep * stepMs);
      const result = await runStep(stage, { load: next.load, unit, stepMs, limitMs: most }).catch(diedOf);
      if (result instanceof GateError) {
        // Its own death at a larger load is a limit of the generator; the first step's is the whole search's.
        if (results.size === 0) throw result;
        steps.push(diedAt(next.load, result.message));
        leftMs -= stepMs;
        continue;
      }
      if (result.meta.profile.shape !== null) throw shaped(result.meta.profile.shape);
      history = historyOf({ config, remembered, result });
      const hasHeld = bracketOf(steps).held !== null;
      const step = judgeStep({ load: next.load, result, thresholds, hasHeld });
      steps.push(step);
      results.set(next.load, result);
      leftMs -= Math.max(stepMs, step.windowMs);
      world.log(inWords(step, { number: steps.length, unit }));
    }
  }
  const capacity: Capacity = { unit, steps, end, bounds };
  const { held, failing } = bracketOf(steps);
  const shown = (end === "unjudged" ? null : (held ?? failing)) ?? steps.at(-1)?.load ?? bounds.start;
  const result = results.get(shown) as RunResult;
  return { capacity, result: await keepResult(result, { directory }), history };
}

/** The profile all searches of this configuration have in common, whatever load they end at. */
export function searchProfile({ settings }: GateConfig, profile: LoadProfile): LoadProfile {
  return {
    ...profile,
    users: settings.users,
    spawnRate: settings["spawn-rate"],
    runTimeMs: settings["run-time"] === "forever" ? null : settings["run-time"],
    arrivalRate: settings["arrival-rate"],
  };
}

/** How many requests there are is what a step sets, so no step is judged by it; the largest load that holds is. */
function isOfTarget({ metric }: Threshold): boolean {
  return metric.kind !== "rps" && metric.kind !== "requests";
}

function diedOf(error: unknown): GateError {
  if (error instanceof GateError && error.code === "swarm-died") return error;
  throw error;
}

function diedAt(load: number, why: string): CapacityStep {
  const nothing = { windowMs: 0, requests: 0, rps: 0, errorRatio: 0, utilization: 0 };
  return { load, outcome: "limited", ...nothing, p50Ms: null, p95Ms: null, p99Ms: null, why };
}

const noHistory: Usable = { records: [], leftOut: [], incomparable: null, warnings: [] };

function historyOf({
  config,
  remembered,
  result,
}: {
  config: GateConfig;
  remembered: Past;
  result: RunResult;
}): Usable {
  if (remembered.baseline === null) return noHistory;
  const profile = searchProfile(config, result.meta.profile);
  return usable(remembered.baseline, { ...result.meta, profile, capacity: true });
}

/** What earlier searches found. */
export function loadsOf({ records }: Usable): number[] {
  return records.flatMap(({ capacity }) => (capacity ? [capacity.load] : []));
}

function boundsOf({ settings }: GateConfig): SearchBounds {
  const rate = settings["arrival-rate"];
  const precision = precisionOf(settings.tolerance);
  if (rate === null) {
    return { start: settings.users, least: 1, most: settings["max-users"], isWhole: true, precision };
  }
  return { start: rate, least: Math.min(rate, leastRate), most: settings["max-rate"], isWhole: false, precision };
}

function stepMsOf({ settings }: GateConfig): number {
  const stepMs = settings["run-time"];
  return stepMs === "forever" ? 0 : Math.min(stepMs, settings["max-duration"]);
}

async function runStep(
  { config, world, extras, directory }: GateStep,
  step: { load: number; unit: CapacityUnit; stepMs: number; limitMs: number },
): Promise<RunResult> {
  const { settings, given } = config;
  const thresholds = config.thresholds.filter(isOfTarget);
  const users = step.unit === "users" ? step.load : settings.users;
  const stepped = {
    ...config,
    settings: {
      ...settings,
      users,
      "arrival-rate": step.unit === "users" ? null : step.load,
      "run-time": step.stepMs,
      "spawn-rate": given.has("spawn-rate")
        ? settings["spawn-rate"]
        : Math.max(settings["spawn-rate"], users / rampSeconds),
    },
  };
  const extensionMs = Math.max(0, step.limitMs - step.stepMs);
  const order = loadOrder({ config: stepped, world, extras, directory, extensionMs });
  const stopRule = new StopRule({ thresholds, sideBySide: null, maxDurationMs: step.limitMs }, world.log);
  return await load(order, world, stepped, {
    isEnough: (blocks, trouble) => stopRule.take(blocks, trouble),
    whyBlocked: shieldWatch(extras),
  });
}

function inWords(step: CapacityStep, { number, unit }: { number: number; unit: CapacityUnit }): string {
  const { load: size, outcome, p95Ms, rps, why } = step;
  const seen = `${Number(rps.toPrecision(3))} requests/s, p95 ${p95Ms === null ? "–" : `${Number(p95Ms.toPrecision(3))} ms`}`;
  return `step ${number}: ${size} ${unit}: ${outcome} (${seen})${why === null ? "" : `: ${why}`}`;
}

function shaped(shape: string): GateError {
  return new GateError(
    "capacity-shape",
    `the locustfile's ${shape} says how many users run, so nothing can be stepped`,
    {
      place: "mode",
      hint: "leave the shape out of what runs: name another locustfile, or make the shape abstract",
    },
  );
}
