import { type Block, blockMs, emptySnapshot, type Phase, type Snapshot } from "../../stats/snapshot.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import { warmupBlocks } from "./warmup.ts";

/** What a run's clock said, milliseconds from the start signal. */
export interface RunTimeline {
  /** When the last user of the ramp was told to start; 0 for a ramp of one step, Infinity if it never ended. */
  readonly rampEndMs: number;
  /** When users were told to stop. */
  readonly stopMs: number;
  /** When the run time was over and the run went on; not there for a run that could not. */
  readonly extendedMs?: number | undefined;
}

/** The first block that lies wholly after `ms`. */
export function blockAfter(ms: number): number {
  return Math.ceil(ms / blockMs - 1e-9);
}

/** What of a plan decides which blocks count. */
export type PhasePlan = Pick<LoadPlan, "warmup" | "judgedPhase" | "requests" | "countEverything" | "resetStats">;

/**
 * Blocks in order, without gaps, each with what it was part of: ramp, warm-up, the judged window, tail. A block that
 * a boundary runs through belongs to what is not judged. Where every request counts there is one window from the
 * first request to the last, less what was asked to be forgotten: the ramp (`resetStats`), or ramp and warm-up. The
 * warm-up is found within the run time alone: where it ends must not depend on how long the run went on, or a look in
 * mid-run would judge other blocks than the last one.
 */
export function phased(
  snapshots: ReadonlyMap<number, Snapshot>,
  { course, plan }: { course: RunTimeline; plan: PhasePlan },
): Block[] {
  const count = Math.max(-1, ...snapshots.keys()) + 1;
  const all = Array.from({ length: count }, (_, block) => snapshots.get(block) ?? emptySnapshot(block));
  const tail = plan.countEverything ? count : lastJudged(course, { plan, count });
  const rampCounts = endedInRamp(course, plan) || (plan.countEverything && !plan.resetStats && !warmsUp(plan));
  const ramp = rampCounts ? 0 : Math.min(tail, blockAfter(course.rampEndMs));
  const extension = Math.min(tail, Math.floor((course.extendedMs ?? Infinity) / blockMs + 1e-9));
  const warmup = ramp + warmupBlocks(all.slice(ramp, extension), plan.warmup);
  return all.map((snapshot) => ({ ...snapshot, phase: phaseOf(snapshot.block) }));

  function phaseOf(block: number): Phase {
    if (block < ramp) return "ramp";
    if (block < warmup) return "warm-up";
    if (block < extension) return plan.judgedPhase;
    return block < tail ? "extension" : "tail";
  }
}

function warmsUp({ warmup }: Pick<LoadPlan, "warmup">): boolean {
  return warmup === "auto" || warmup.ms > 0;
}

/** Whether the budget of requests was used up before all users had started: then there is nothing but ramp to judge. */
export function endedInRamp(course: RunTimeline, plan: Pick<LoadPlan, "requests">): boolean {
  return plan.requests !== null && course.stopMs <= course.rampEndMs;
}

/** The number of the first block of the tail. A run of so many requests has none: its last block is as good as any. */
function lastJudged(course: RunTimeline, { plan, count }: { plan: Pick<LoadPlan, "requests">; count: number }): number {
  if (plan.requests !== null) return count;
  return Math.min(count, Math.floor(course.stopMs / blockMs + 1e-9));
}
