import { type Clock, systemClock } from "../../base/clock.ts";
import { GateError } from "../../base/errors.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { RateCap } from "../limits/rate-cap.ts";
import { RequestBudget } from "../limits/request-budget.ts";
import type { LoadOutline } from "../locustfile/outline.ts";
import type { NodeSource } from "../node/node.ts";
import { placesOfThreads } from "../node/stuck-threads.ts";
import { startThreads, type ThreadPool, type Threads } from "../node/thread-node.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import type { RunObserver } from "./block-reporter.ts";
import { type MachineSource, MachineWatch } from "./machine-health.ts";
import { MasterRunner } from "./master.ts";

import { openMaster } from "./open-master.ts";
import { resultOfRun } from "./result-of-run.ts";

/** What a run on this machine is given, and who watches it. */
export interface RunLoadOptions extends RunObserver {
  readonly clock?: Clock;
  /** Threads that were started ahead, as many as the plan has. */
  readonly pool?: ThreadPool | undefined;
  /** Starts the threads another way than as threads of this process. */
  readonly startThreads?: ((plan: LoadPlan) => Threads) | undefined;
  /** Workers on other machines; then no users run here. */
  readonly joining?: NodeSource | undefined;
  /** How to ask the machine for its load; without it blocks carry no machine health. */
  readonly machine?: MachineSource | undefined;
  /** Called once, before the first user starts, with what the locustfile lets expect. */
  readonly onOutline?: ((outline: LoadOutline) => void) | undefined;
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
export async function runLoad(plan: LoadPlan, options: RunLoadOptions = {}): Promise<RunResult> {
  const clock = options.clock ?? systemClock;
  if (plan.arrivalRate !== null && plan.maxUsers === null && plan.users === 0) {
    throw new GateError("no-users", "an arrival rate needs at least one user to begin with", { place: "users" });
  }
  const { classes, hooks, shape, outline, lead } = await openMaster(plan, { clock });
  if (outline) options.onOutline?.(outline);
  const { joining, machine } = options;
  const threads = joining ? noThreads : threadsHere(plan, options);
  const health = machine && new MachineWatch(machine);
  try {
    const master = new MasterRunner({
      clock,
      plan,
      nodes: threads.nodes,
      joining,
      classes,
      hooks,
      shape: shape && (() => shape.tick()),
      machine: health && (() => health.take()),
      observer: options,
      // Other processes and other machines cannot be looked into from here.
      whereStuck: joining || options.startThreads ? undefined : placesOfThreads,
    });
    lead(master);
    options.onMaster?.(master);
    return resultOfRun(plan, { outcome: await master.run(), shape: shape?.name ?? null, classes });
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
