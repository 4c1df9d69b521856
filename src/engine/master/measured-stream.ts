import { type Block, blockMs, emptySnapshot, type Phase } from "../../stats/snapshot.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import type { Blocks } from "./block-archive.ts";
import { blockAfter } from "./run-timeline.ts";
import { longestWarmupMs } from "./warmup.ts";

/** How many blocks after its end every worker has surely told of a block. */
const lateBlocks = 2;

/**
 * Hands out blocks while they are measured, for whoever may end the run early. Where the warm-up ends by rule nobody
 * knows yet how long it is: until it may last at the longest, nothing counts as judged.
 */
export class MeasuredStream {
  readonly #plan: LoadPlan;
  readonly #handOut: (blocks: readonly Block[]) => void;
  #next = 0;

  constructor({ plan, handOut }: { plan: LoadPlan; handOut: (blocks: readonly Block[]) => void }) {
    this.#plan = plan;
    this.#handOut = handOut;
  }

  /** @param at how many blocks have ended, and when the ramp and the run time did, in ms; Infinity if they have not */
  take(
    snapshots: Blocks,
    { ended, rampEndMs, runEndMs }: { ended: number; rampEndMs: number; runEndMs: number },
  ): void {
    const whole = ended - lateBlocks;
    if (whole <= this.#next) return;
    const blocks: Block[] = [];
    for (; this.#next < whole; this.#next++) {
      const block = this.#next;
      blocks.push({
        ...(snapshots.get(block) ?? emptySnapshot(block)),
        phase: this.#phaseOf(block, { rampEndMs, runEndMs }),
      });
    }
    this.#handOut(blocks);
  }

  #phaseOf(block: number, { rampEndMs, runEndMs }: { rampEndMs: number; runEndMs: number }): Phase {
    const { warmup, runTimeMs, judgedPhase, countEverything, resetStats } = this.#plan;
    const warmupMs = warmup === "auto" ? longestWarmupMs(runTimeMs) : warmup.ms;
    const rampCounts = countEverything && !resetStats && warmupMs === 0;
    const ramp = rampCounts ? 0 : blockAfter(rampEndMs);
    if (block < ramp) return "ramp";
    if (block < ramp + Math.ceil(warmupMs / blockMs)) return "warm-up";
    return (block + 1) * blockMs <= runEndMs ? judgedPhase : "extension";
  }
}
