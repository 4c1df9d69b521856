import { rmSync } from "node:fs";
import { GateError } from "../base/errors.ts";
import { foreign, type Sentence, say } from "../base/sentence.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { type RunResult, warning } from "../stats/run-result.ts";
import type { Block } from "../stats/snapshot.ts";
import { summarize } from "../stats/summary.ts";
import { messageOf } from "../verdict/reasons.ts";
import { judgeSideBySide, type Next } from "../verdict/side-by-side/side-by-side.ts";
import { headGone } from "../verdict/validity/target-gone.ts";
import { invalidities } from "../verdict/validity/validity.ts";
import { compareSettings } from "./judge.ts";
import { type GateStep, load, loadOrder } from "./load.ts";
import { comparingOf, steadyMs } from "./question.ts";
import { appendRun } from "./results/append-run.ts";
import { keepResult } from "./results/keep-result.ts";
import { invalidRunWatch } from "./watch/invalid-run-watch.ts";
import { shieldWatch } from "./watch/shield-watch.ts";

/**
 * A regression is believed when it is seen twice: runs the whole locustfile again, with fresh users and connections,
 * and gives both passes as one result, which is on disk before anyone judges it. A result that shows no regression,
 * or cannot be judged, comes back as it is.
 */
export async function confirmRegression(
  result: RunResult,
  { config, world, extras, directory }: GateStep,
): Promise<RunResult> {
  const next = nextOf(result, config);
  if (next.action !== "confirm") return result;
  world.log(`the head looks worse; the whole locustfile runs again, ${next.forMs / 1000} s at most, to confirm it`);
  const order = loadOrder({ config, world, extras, directory, confirmMs: next.forMs });
  return await keepResult(await second(), { directory });

  async function second(): Promise<RunResult> {
    try {
      const pass = await load(order, world, config, {
        whyBlocked: shieldWatch(extras),
        whyLost: invalidRunWatch(config, { extras, extensionMs: 0 }),
      });
      const [why] = invalidities(asRun(pass));
      if (why && !pass.interrupted) return unconfirmed(messageOf(why));
      return appendRun(result, pass);
    } catch (error) {
      if (!(error instanceof GateError)) throw error;
      return unconfirmed(foreign(error.message));
    } finally {
      rmSync(order.resultPath, { force: true });
    }
  }

  function unconfirmed(why: Sentence): RunResult {
    const message = say`The second pass, which was to confirm the regression, could not be judged: ${why}`;
    return { ...result, warnings: [...result.warnings, warning("confirmation", message)] };
  }
}

/** What the run's looks came to; a run that cannot be judged needs no second one. */
function nextOf(result: RunResult, config: GateConfig): Next {
  // Of two equals there is nothing to confirm: what looks like a regression is what calibrating is for.
  if (config.settings.mode === "calibrate") return { action: "stop" };
  if (comparingOf(config) !== "side-by-side" || invalidities(result).length > 0) return { action: "stop" };
  // A head that is gone would not answer a second time either.
  if (headGone(result)) return { action: "stop" };
  const { blocks } = result;
  const maxDurationMs = config.settings["max-duration"];
  const question = { blocks, settings: compareSettings(config), runTimeMs: steadyMs(blocks), maxDurationMs };
  return judgeSideBySide({ ...question, over: false }).next;
}

/** The second pass as if it stood alone: whether a measurement is sound is asked of what was judged. */
function asRun(pass: RunResult): RunResult {
  const blocks = pass.blocks.map(
    (block): Block => (block.phase === "confirmation" ? { ...block, phase: "steady" } : block),
  );
  return { ...pass, blocks, summary: summarize(blocks) };
}
