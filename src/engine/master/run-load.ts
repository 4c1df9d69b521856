import { type Clock, systemClock } from "../../base/clock.ts";
import { GateError } from "../../base/errors.ts";
import type { FailureGroup } from "../../stats/failures.ts";
import type { RunResult } from "../../stats/run-result.ts";
import type { Block } from "../../stats/snapshot.ts";
import { RateCap } from "../limits/rate-cap.ts";
import { RequestBudget } from "../limits/request-budget.ts";
import type { LoadOutline } from "../locustfile/outline.ts";
import type { NodeSource } from "../node/node.ts";
import { startThreads, type ThreadPool, type Threads } from "../node/thread-node.ts";
import type { LoadPlan, Progress } from "../plan/load-plan.ts";
import { leadRun } from "./lead-run.ts";
import type { MachineSource } from "./machine-health.ts";
import type { MasterRunner } from "./master.ts";
import { openMaster } from "./open-master.ts";

/** What a run on this machine needs of the world. */
export interface RunLoadOptions {
  readonly clock?: Clock;
  /** Threads that were started ahead, as many as the plan has. */
  readonly pool?: ThreadPool | undefined;
  /** Starts the threads another way than as threads of this process. */
  readonly startThreads?: ((plan: LoadPlan) => Threads) | undefined;
  /** Workers on other machines; then no users run here. */
  readonly joining?: NodeSource | undefined;
  /** How to ask the machine for its load; without it blocks carry no machine health. */
  readonly machine?: MachineSource | undefined;
  /** Told once, before the first user starts, what the locustfile lets expect. */
  readonly onOutline?: ((outline: LoadOutline) => void) | undefined;
  /** Called after every block, from the first. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** A line for people about those who run the users. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Given the blocks of a run that may go on past its run time; `end()` of the master ends it. */
  readonly onBlocks?: ((blocks: readonly Block[]) => void) | undefined;
  /** See RunObserver. */
  readonly onMeasured?: ((blocks: readonly Block[]) => void) | undefined;
  /** Told of failures as they come in, half a second old at most. */
  readonly onFailures?: ((groups: readonly FailureGroup[]) => void) | undefined;
  /**
   * Handed the master before it starts: `interrupt({ stopTimeoutMs })` for a signal, `end()` to finish early,
   * `retarget` for another number of users.
   */
  readonly onMaster?: ((master: MasterRunner) => void) | undefined;
}

/**
 * Runs one load in threads of this process or in workers that join, from loading the locustfile to the last report. Once per process: a
 * locustfile's modules are loaded and its listeners stay.
 * Throws GateError for whatever is wrong before the first request: nothing was sent then.
 */
export async function runLoad(plan: LoadPlan, world: RunLoadOptions = {}): Promise<RunResult> {
  const clock = world.clock ?? systemClock;
  if (plan.arrivalRate !== null && plan.maxUsers === null && plan.users === 0) {
    throw new GateError("no-users", "an arrival rate needs at least one user to begin with", { place: "users" });
  }
  const side = await openMaster(plan, { clock });
  if (side.outline) world.onOutline?.(side.outline);
  const threads = world.joining ? noThreads : threadsHere(plan, world);
  try {
    const result = await leadRun(plan, {
      clock,
      nodes: threads.nodes,
      joining: world.joining,
      classes: side.classes,
      hooks: side.hooks,
      shape: side.shape,
      machine: world.machine,
      onProgress: world.onProgress,
      onNote: world.onNote,
      onBlocks: world.onBlocks,
      onMeasured: world.onMeasured,
      onFailures: world.onFailures,
      onMaster(master) {
        side.lead(master);
        world.onMaster?.(master);
      },
    });
    return result;
  } finally {
    await threads.destroy();
  }
}

const noThreads: Threads = { nodes: [], destroy: async () => {} };

function threadsHere(plan: LoadPlan, { pool, startThreads: start }: RunLoadOptions): Threads {
  if (start) return start(plan);
  const budget = plan.requests === null ? undefined : RequestBudget.of(plan.requests).buffer;
  const iterations = plan.iterations === undefined ? undefined : RequestBudget.of(plan.iterations).buffer;
  const places = plan.maxRate === null ? undefined : RateCap.places();
  return startThreads(plan, { budget, iterations, places, pool });
}
