import { rmSync } from "node:fs";
import { join } from "node:path";
import { GateError } from "../base/errors.ts";
import { foreign, type Sentence, say } from "../base/sentence.ts";
import { passesOf } from "../baseline/pass-blocks.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { type RunResult, warning } from "../stats/run-result.ts";
import { blockMs } from "../stats/snapshot.ts";
import type { Comparison } from "../verdict/comparison.ts";
import { areStored, messageOf } from "../verdict/reasons.ts";
import { invalidities } from "../verdict/validity/validity.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { judgeRun } from "./judge.ts";
import { type GateStep, load, loadOrder } from "./load.ts";
import type { Past } from "./load-baseline.ts";
import { comparingOf } from "./question.ts";
import { appendRun } from "./results/append-run.ts";
import { keepResult } from "./results/keep-result.ts";
import { invalidRunWatch } from "./watch/invalid-run-watch.ts";
import { shieldWatch } from "./watch/shield-watch.ts";

/** More passes leave what belongs to the machine as it is, and take the time of as many runs. */
const mostPasses = 3;
/** A shorter run is one of a few requests, or somebody tries something out: it is not made longer behind his back. */
const shortestMs = 30_000;

/** What decides whether the load is run once more. */
export interface PassQuestion {
  readonly settings: Pick<GateConfig["settings"], "run-time" | "requests" | "max-duration" | "mode" | "save-baseline">;
  /** Passes made, and how long all of them took, warm-up and all. */
  readonly passes: number;
  readonly spentMs: number;
  /** Whether this run will teach later ones. */
  readonly teaches: boolean;
  /** Whether there are stored runs to be held against. */
  readonly hasPast: boolean;
  readonly verdict: Pick<Verdict, "conclusion" | "reasons" | "comparisons">;
}

/**
 * Against stored runs the run is the unit, and more of them decide more. A run of the branch that makes the baseline
 * takes all passes there is time for: they teach how much passes of one machine differ. A pull request takes another
 * only while something is neither proven to have changed for the better nor to have stayed. Never ended early for red:
 * what looks like a regression is judged once, by all passes, so looking more often makes no more false alarms.
 */
export function wantsAnotherPass({ settings, passes, spentMs, teaches, hasPast, verdict }: PassQuestion): boolean {
  const runTimeMs = settings["run-time"];
  if (runTimeMs === "forever" || runTimeMs < shortestMs || settings.requests !== null) return false;
  if (passes >= mostPasses || spentMs + spentMs / passes > settings["max-duration"]) return false;
  // What is settled for other reasons is not measured again.
  if (verdict.conclusion === "invalid" || !areStored(verdict.reasons)) return false;
  return teaches || (hasPast && !verdict.comparisons.every(isDecided));
}

function isDecided({ outcome, notJudged, p, change }: Comparison): boolean {
  if (outcome === "unchanged" || outcome === "improved" || outcome === "missing" || outcome === "no-baseline")
    return true;
  // More of the same load cannot help what was not tested, or is too rare.
  return notJudged !== undefined || p === null || change === null;
}

/** Runs the whole load again, with fresh users and connections, while that is wanted; one result, on disk. */
export async function morePasses(
  first: RunResult,
  { config, world, extras, directory, past }: GateStep & { past: Past },
): Promise<RunResult> {
  const { settings } = config;
  if (extras.countEverything || extras.cluster !== null || settings.shard !== null) return first;
  const records = settings.mode === "baseline" || comparingOf(config) === "baseline";
  if (!records || !world.store || world.store.kind === "none") return first;
  const teaches = settings["save-baseline"] !== "never" && (settings.mode === "baseline" || world.origin.ownsBaseline);
  let result = first;
  for (let passes = 1; ; passes++) {
    const judged = judgeRun({
      config,
      result,
      past,
      today: new Date(world.clock.now()).toISOString().slice(0, 10),
      forgiven: extras.forgiven,
    });
    const spentMs = ((result.blocks.at(-1)?.block ?? -1) + 1) * blockMs;
    const question = {
      settings,
      passes,
      spentMs,
      teaches,
      hasPast: judged.history.length > 0,
      verdict: judged.verdict,
    };
    if (result.interrupted || !wantsAnotherPass(question)) break;
    world.log(`pass ${passes + 1} of at most ${mostPasses}: the whole load again, to tell what one run cannot`);
    const next = await another(passes + 1);
    if ("text" in next) {
      const message = say`Pass ${passes + 1} could not be judged and is left out: ${next}`;
      result = { ...result, warnings: [...result.warnings, warning("pass-left-out", message)] };
      break;
    }
    result = appendRun(result, next);
  }
  return passesOf(result.blocks).length > passesOf(first.blocks).length || result !== first
    ? await keepResult(result, { directory })
    : result;

  /** The pass, or why it is worth nothing. */
  async function another(number: number): Promise<RunResult | Sentence> {
    const order = loadOrder({ config, world, extras, directory });
    const resultPath = join(directory, `pass-${number}.json`);
    const plan = { ...order.plan, seed: settings.seed ?? `${order.plan.seed} pass ${number}` };
    try {
      const pass = await load({ ...order, resultPath, plan }, world, config, {
        whyBlocked: shieldWatch(extras),
        whyLost: invalidRunWatch(config, { extras, extensionMs: 0 }),
      });
      const [why] = invalidities(pass);
      return pass.interrupted ? say`it was interrupted` : why ? messageOf(why) : pass;
    } catch (error) {
      if (!(error instanceof GateError)) throw error;
      return foreign(error.message);
    } finally {
      rmSync(resultPath, { force: true });
    }
  }
}
