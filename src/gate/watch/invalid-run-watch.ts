import type { GateConfig } from "../../config/gate-config.ts";
import type { Progress } from "../../engine/plan/load-plan.ts";
import { noTrouble, type UserTrouble } from "../../stats/run-result.ts";
import { type Block, blockMs, emptySnapshot } from "../../stats/snapshot.ts";
import { lostForGood } from "../../verdict/validity/validity.ts";
import { failOnOf } from "../judge.ts";
import type { RunExtras } from "../load.ts";

/** How long a run that is lost goes on, and is judged at the least: what else is wrong with it shows in that time. */
const graceMs = 10_000;
/** A warm-up that is found by rule takes no more than this, and no more than this share of the run. */
const longestWarmupMs = 30_000;
const longestWarmupShare = 0.25;
/** Progress shows the health of the block before the one that ended: it may be one of the phase before. */
const lateBlocks = 2;

export interface InvalidRunOptions {
  /** How long after the first block past the ramp what is measured may still be called warm-up, or come late. */
  readonly unsureMs: number;
  /** What the run may take beyond its run time: its extension, its users' last tasks. */
  readonly beyondMs: number;
  /** Iterations due per second in the open model. */
  readonly arrivalRate: number | null;
  /** Codes of reasons that make no run invalid here. */
  readonly forgiven: ReadonlySet<string>;
}

/**
 * Watches a run within its run time and says why nothing that comes could still make it judgeable. A fault of the
 * locustfile ends it ten seconds later and not before ten seconds were judged under the whole load, so that the
 * rest of what is wrong, and what the promises come to, is told as well. Saturation ends it once more than a fifth of
 * all it may take at the most has it already.
 */
export class InvalidRunWatch {
  readonly #questions: InvalidRunOptions;
  readonly #strained: Block[] = [];
  #judgedSinceMs: number | null = null;
  #faultSinceMs: number | null = null;
  #highestP95Ms = 0;
  #lost = false;

  constructor(questions: InvalidRunOptions) {
    this.#questions = questions;
  }

  /** Takes how the run stands after each block; the reason to end it, once. */
  take(progress: Progress, trouble: UserTrouble): string | null {
    const { elapsedMs, phase } = progress;
    if (this.#lost || phase === "ramp" || phase === "warm-up" || phase === "tail") return null;
    this.#judgedSinceMs ??= elapsedMs;
    const reason = this.#faultOf(progress, trouble) ?? this.#strainOf(progress, this.#judgedSinceMs);
    if (reason === null) return null;
    this.#lost = true;
    return `no longer run can be judged, so this one ends after ${Math.round(elapsedMs / 1000)} s: ${reason}`;
  }

  #faultOf({ elapsedMs }: Progress, trouble: UserTrouble): string | null {
    const { forgiven } = this.#questions;
    const calm = { blocks: [], arrivalRate: null, medianMs: 0 };
    const fault = lostForGood({ trouble, strained: calm, limitMs: Number.POSITIVE_INFINITY, forgiven });
    if (!fault) return null;
    this.#faultSinceMs ??= elapsedMs;
    const sinceMs = Math.max(this.#faultSinceMs, this.#judgedSinceMs ?? elapsedMs);
    return elapsedMs - sinceMs < graceMs ? null : fault.message;
  }

  /** Without a run time nobody knows how many blocks are still to come. */
  #strainOf({ elapsedMs, leftMs, p95Ms, health }: Progress, judgedSinceMs: number): string | null {
    const { unsureMs, beyondMs, arrivalRate, forgiven } = this.#questions;
    // Side by side the median that counts is the base's alone, which these numbers do not have: the percentile of
    // both arms together is surely above it.
    this.#highestP95Ms = Math.max(this.#highestP95Ms, p95Ms ?? 0);
    if (leftMs === null || elapsedMs - judgedSinceMs < unsureMs) return null;
    const block = elapsedMs / blockMs;
    this.#strained.push({ ...emptySnapshot(block), health, phase: "steady" });
    const strained = { blocks: this.#strained, arrivalRate, medianMs: this.#highestP95Ms };
    const limitMs = elapsedMs + leftMs + beyondMs;
    return lostForGood({ trouble: noTrouble, strained, limitMs, forgiven })?.message ?? null;
  }
}

/**
 * The watch for a run of this configuration. It ends none that is of use though it cannot be judged: where nothing was
 * promised, somebody ends it by hand, or being invalid fails nothing.
 */
export function invalidRunWatch(
  config: GateConfig,
  { extras, extensionMs }: { extras: RunExtras; extensionMs: number },
): InvalidRunWatch["take"] {
  const { settings } = config;
  const runTimeMs = settings["run-time"];
  if (extras.forgiven.size > 0 || runTimeMs === "forever" || !failOnOf(config).has("invalid")) return () => null;
  const warmupMs = settings.warmup === "auto" ? Math.min(longestWarmupMs, longestWarmupShare * runTimeMs) : 0;
  const watch = new InvalidRunWatch({
    unsureMs: warmupMs + lateBlocks * blockMs,
    beyondMs: extensionMs + settings["stop-timeout"],
    arrivalRate: settings["arrival-rate"],
    forgiven: extras.forgiven,
  });
  return (progress, trouble) => watch.take(progress, trouble);
}
