import type { GateConfig } from "../config/gate-config.ts";
import type { LoadOutline } from "../engine/locustfile/outline.ts";
import type { RunResult } from "../stats/run-result.ts";
import { lookLimit } from "../verdict/side-by-side/side-by-side.ts";
import { foresight } from "../verdict/stored/foresight.ts";
import { compareSettings } from "./judge.ts";
import { type GateStep, load, loadOrder, type RunExtras } from "./load.ts";
import { comparingOf } from "./question.ts";
import { AbortWatch } from "./watch/abort-watch.ts";
import { invalidRunWatch } from "./watch/invalid-run-watch.ts";
import { shieldWatch } from "./watch/shield-watch.ts";
import { StopRule } from "./watch/stop-rule.ts";

/** Of the run time, the warm-up at most (`auto`): what it takes is judged time the extension may give back. */
const warmupShare = 0.25;

/**
 * How long past its run time a run may go on while something is undecided. A run that ends by itself, after so many
 * requests or when a shape says so, is not prolonged; nor is a plain `swarmgate run` for its promises.
 */
export function extensionOf({ settings, thresholds }: GateConfig, { countEverything, iterations }: RunExtras): number {
  const runTimeMs = settings["run-time"];
  if (runTimeMs === "forever" || settings.requests !== null || iterations !== undefined) return 0;
  const maxDurationMs = settings["max-duration"];
  const sideBySide = comparingOf({ settings }) === "side-by-side";
  if (!sideBySide && (countEverything || thresholds.length === 0)) return 0;
  const limitMs = sideBySide ? lookLimit({ runTimeMs, maxDurationMs }) : maxDurationMs;
  const warmupMs = settings.warmup === "auto" ? warmupShare * runTimeMs : Math.min(settings.warmup, runTimeMs);
  return limitMs <= runTimeMs ? 0 : limitMs - runTimeMs + warmupMs;
}

/** What a comparison of this load will be too small to see; null where nothing is compared. */
function foreseen(config: GateConfig, outline: LoadOutline): string | null {
  const { settings } = config;
  const comparing = comparingOf(config);
  const runTimeMs = settings["run-time"];
  if (comparing === "none" || (settings["baseline-store"] === "none" && comparing === "baseline")) return null;
  if (runTimeMs === "forever" || settings.requests !== null) return null;
  const sideBySide = comparing === "side-by-side";
  const warmupMs = settings.warmup === "auto" ? warmupShare * runTimeMs : Math.min(settings.warmup, runTimeMs);
  const limitMs = lookLimit({ runTimeMs, maxDurationMs: settings["max-duration"] });
  const { metrics } = compareSettings(config);
  return foresight(outline, {
    sideBySide,
    metrics,
    judgedMs: sideBySide ? limitMs : runTimeMs - warmupMs,
    byRate: settings["arrival-rate"] !== null,
  });
}

/** Runs the load until everything that was asked is decided, or time is up. */
export async function measure({ config, world, extras, directory }: GateStep): Promise<RunResult> {
  const questions = {
    thresholds: config.thresholds,
    sideBySide: comparingOf(config) === "side-by-side" ? compareSettings(config) : null,
    maxDurationMs: config.settings["max-duration"],
    arrivalRate: config.settings["arrival-rate"],
    forgiven: extras.forgiven,
  };
  const stopRule = new StopRule(questions, world.log);
  const extensionMs = extensionOf(config, extras);
  const aborts = new AbortWatch(config.thresholds);
  const order = loadOrder({ config, world, extras, directory, extensionMs, watched: aborts.isAsked });
  return await load(order, world, config, {
    foresee: (outline) => foreseen(config, outline),
    isEnough: (blocks, trouble) => stopRule.take(blocks, trouble),
    whyBroken: (blocks) => aborts.take(blocks),
    whyBlocked: shieldWatch(extras),
    whyLost: invalidRunWatch(config, { extras, extensionMs }),
  });
}
