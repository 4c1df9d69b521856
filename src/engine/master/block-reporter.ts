import type { FailureGroup } from "../../stats/failures.ts";
import type { MachineHealth } from "../../stats/health.ts";
import { type Block, blockMs, emptySnapshot, type Phase } from "../../stats/snapshot.ts";
import type { LoadPlan, Progress } from "../plan/load-plan.ts";
import type { Conductor } from "./conductor.ts";
import { ExtensionStream } from "./extension-stream.ts";
import { MeasuredStream } from "./measured-stream.ts";
import { progressAt } from "./progress.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** Who looks on while a run is measured. */
export interface RunObserver {
  /** How the machine fares; asked once a block. */
  readonly machine?: (() => MachineHealth) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** A line for people: who stands still, who is back. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Once the run time of a run that may go on is over: every block so far with its phase, then each new one. */
  readonly onBlocks?: ((blocks: readonly Block[]) => void) | undefined;
  /** Every block as it ends, its phase as far as it is known by then. */
  readonly onMeasured?: ((blocks: readonly Block[]) => void) | undefined;
  /** Told of failures as they come in, half a second old at most. */
  readonly onFailures?: ((groups: readonly FailureGroup[]) => void) | undefined;
}

/** Tells onlookers, block by block, what the harvest has. */
export class BlockReporter {
  readonly #onlookers: RunObserver;
  readonly #conductor: Conductor;
  readonly #harvest: SnapshotStore;
  readonly #stream: ExtensionStream | undefined;
  readonly #measured: MeasuredStream | undefined;
  #nextBlock = 0;

  constructor(options: { onlookers: RunObserver; conductor: Conductor; harvest: SnapshotStore; plan: LoadPlan }) {
    const { onlookers, conductor, harvest, plan } = options;
    this.#onlookers = onlookers;
    this.#conductor = conductor;
    this.#harvest = harvest;
    const { onBlocks, onMeasured } = onlookers;
    if (onMeasured) this.#measured = new MeasuredStream({ plan, handOut: onMeasured });
    if (onBlocks && conductor.extends) this.#stream = new ExtensionStream({ plan, tell: onBlocks });
  }

  /** The end of the block in progress, from the start signal. */
  get dueMs(): number {
    return (this.#nextBlock + 1) * blockMs;
  }

  /** Tells of every block that ended since the last time. */
  beat(now: { atMs: number; users: number; stopping: boolean }): void {
    const { machine, onProgress } = this.#onlookers;
    while (now.atMs >= this.dueMs) {
      const block = this.#nextBlock++;
      if (machine) this.#harvest.add({ ...emptySnapshot(block), health: { threads: [], machine: machine() } });
      onProgress?.(this.#progress(block, now));
    }
    if (now.stopping) return;
    const { rampEndMs, runEndMs } = this.#conductor;
    this.#measured?.take(this.#harvest.snapshots, { ended: this.#nextBlock, rampEndMs, runEndMs });
    const course = { rampEndMs, extendedMs: runEndMs };
    this.#stream?.take(this.#harvest.snapshots, { ended: this.#nextBlock, course });
  }

  /** Looks at the block before the one that ended now: workers are still telling of that. */
  #progress(block: number, { atMs, users, stopping }: { atMs: number; users: number; stopping: boolean }): Progress {
    const endMs = this.#conductor.runEndMs;
    const phase: Phase = stopping ? "tail" : this.#conductor.phaseAt(atMs);
    return progressAt(Math.max(0, block - 1), {
      snapshots: this.#harvest.snapshots,
      totals: this.#harvest.totals,
      elapsedMs: (block + 1) * blockMs,
      phase,
      users,
      targetUsers: this.#conductor.targetUsers,
      // In an extension nobody knows.
      leftMs: Number.isFinite(endMs) && atMs <= endMs ? endMs - atMs : null,
    });
  }
}
