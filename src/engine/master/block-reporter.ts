import type { FailureGroup } from "../../stats/failures.ts";
import type { MachineHealth } from "../../stats/health.ts";
import { type Block, blockMs, emptySnapshot, type Phase } from "../../stats/snapshot.ts";
import type { LoadPlan, Progress } from "../plan/load-plan.ts";
import type { Conductor } from "./conductor.ts";
import { ExtensionStream } from "./extension-stream.ts";
import { MeasuredStream } from "./measured-stream.ts";
import { progressAt } from "./progress.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** Who watches a run while it is measured. */
export interface RunObserver {
  /** Called after every block, from the first. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** A line for people: who stands still, who is back. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Once the run time of a run that may go on is over: every block so far with its phase, then each new one. */
  readonly onBlocks?: ((blocks: readonly Block[]) => void) | undefined;
  /** Every block as it ends, its phase as far as it is known by then. */
  readonly onMeasured?: ((blocks: readonly Block[]) => void) | undefined;
  /** Given failures as they come in, half a second old at most. */
  readonly onFailures?: ((groups: readonly FailureGroup[]) => void) | undefined;
}

/** Reports to the observer, block by block, what the snapshots hold. */
export class BlockReporter {
  readonly #observer: RunObserver;
  readonly #machine: (() => MachineHealth) | undefined;
  readonly #conductor: Conductor;
  readonly #store: SnapshotStore;
  readonly #stream: ExtensionStream | undefined;
  readonly #measured: MeasuredStream | undefined;
  #nextBlock = 0;

  constructor(options: {
    observer: RunObserver;
    machine: (() => MachineHealth) | undefined;
    conductor: Conductor;
    snapshots: SnapshotStore;
    plan: LoadPlan;
  }) {
    const { observer, machine, conductor, snapshots, plan } = options;
    this.#observer = observer;
    this.#machine = machine;
    this.#conductor = conductor;
    this.#store = snapshots;
    const { onBlocks, onMeasured } = observer;
    if (onMeasured) this.#measured = new MeasuredStream({ plan, handOut: onMeasured });
    if (onBlocks && conductor.extends) this.#stream = new ExtensionStream({ plan, handOut: onBlocks });
  }

  /** The end of the block in progress, from the start signal. */
  get dueMs(): number {
    return (this.#nextBlock + 1) * blockMs;
  }

  /** Reports every block that ended since the last time. */
  beat(now: { atMs: number; users: number; stopping: boolean }): void {
    const machine = this.#machine;
    while (now.atMs >= this.dueMs) {
      const block = this.#nextBlock++;
      if (machine) this.#store.add({ ...emptySnapshot(block), health: { threads: [], machine: machine() } });
      this.#observer.onProgress?.(this.#progress(block, now));
    }
    if (now.stopping) return;
    const { rampEndMs, runEndMs } = this.#conductor;
    this.#measured?.take(this.#store.snapshots, { ended: this.#nextBlock, rampEndMs, runEndMs });
    const course = { rampEndMs, extendedMs: runEndMs };
    this.#stream?.take(this.#store.snapshots, { ended: this.#nextBlock, course });
  }

  /** Looks at the block before the one that ended now: workers are still reporting that. */
  #progress(block: number, { atMs, users, stopping }: { atMs: number; users: number; stopping: boolean }): Progress {
    const endMs = this.#conductor.runEndMs;
    const phase: Phase = stopping ? "tail" : this.#conductor.phaseAt(atMs);
    return progressAt(Math.max(0, block - 1), {
      snapshots: this.#store.snapshots,
      totals: this.#store.totals,
      elapsedMs: (block + 1) * blockMs,
      phase,
      users,
      targetUsers: this.#conductor.targetUsers,
      // In an extension nobody knows.
      leftMs: Number.isFinite(endMs) && atMs <= endMs ? endMs - atMs : null,
    });
  }
}
