import { type Block, blockMs, emptySnapshot } from "../../stats/snapshot.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import type { Blocks } from "./block-archive.ts";
import { phased } from "./run-timeline.ts";

/** How many blocks after its end every worker has surely told of a block. */
const lateBlocks = 2;

/**
 * Hands out the blocks of a run that may go on past its run time, for whoever decides how long: all of them once the
 * run time is over, then one by one. What comes later than a second is missing here and stands in the result.
 */
export class ExtensionStream {
  readonly #plan: LoadPlan;
  readonly #handOut: (blocks: readonly Block[]) => void;
  #handedOut = 0;

  constructor({ plan, handOut }: { plan: LoadPlan; handOut: (blocks: readonly Block[]) => void }) {
    this.#plan = plan;
    this.#handOut = handOut;
  }

  /** @param at how many blocks have ended, and what the run's clock says */
  take(snapshots: Blocks, at: { ended: number; course: { rampEndMs: number; extendedMs: number } }): void {
    const whole = at.ended - lateBlocks;
    if (whole * blockMs < at.course.extendedMs || whole <= this.#handedOut) return;
    const blocks = this.#handedOut === 0 ? this.#first(snapshots, { whole, ...at }) : [];
    for (let block = Math.max(this.#handedOut, blocks.length); block < whole; block++) {
      blocks.push({ ...(snapshots.get(block) ?? emptySnapshot(block)), phase: "extension" });
    }
    this.#handedOut = whole;
    this.#handOut(blocks);
  }

  #first(
    snapshots: Blocks,
    { whole, course }: { whole: number; course: { rampEndMs: number; extendedMs: number } },
  ): Block[] {
    const ended = new Map([...snapshots].filter(([block]) => block < whole));
    return phased(ended, { course: { ...course, stopMs: whole * blockMs }, plan: this.#plan });
  }
}
