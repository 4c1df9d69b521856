import type { RunObserver } from "../../src/engine/master/block-reporter.ts";
import type { ShapeTick } from "../../src/engine/master/conductor.ts";
import { type MachineSource, MachineWatch } from "../../src/engine/master/machine-health.ts";
import { MasterRunner } from "../../src/engine/master/master.ts";
import type { MasterOptions } from "../../src/engine/master/options.ts";
import { resultOfRun } from "../../src/engine/master/result-of-run.ts";
import type { LoadPlan } from "../../src/engine/plan/load-plan.ts";
import type { RunResult } from "../../src/stats/run-result.ts";

/** A run without a locustfile on the master: its classes, hooks and shape are the test's. */
export async function runMaster(
  plan: LoadPlan,
  options: Omit<MasterOptions, "plan" | "machine" | "shape" | "observer"> &
    RunObserver & {
      readonly machine?: MachineSource;
      readonly shape?: { readonly name: string; tick(): ShapeTick } | undefined;
      readonly onMaster?: (master: MasterRunner) => void;
    },
): Promise<RunResult> {
  const { machine, shape, onMaster, ...rest } = options;
  const health = machine && new MachineWatch(machine);
  const master = new MasterRunner({
    ...rest,
    plan,
    machine: health && (() => health.take()),
    shape: shape && (() => shape.tick()),
    observer: options,
  });
  onMaster?.(master);
  return resultOfRun(plan, {
    outcome: await master.run(),
    shape: shape?.name ?? null,
    classes: options.classes,
  });
}
