import type { Clock } from "../../base/clock.ts";
import { withoutUserinfo } from "../../base/userinfo.ts";
import type { FailureGroup } from "../../stats/failures.ts";
import { measurementVersion, type RunResult, resultSchemaVersion } from "../../stats/run-result.ts";
import type { Block } from "../../stats/snapshot.ts";
import { summarize } from "../../stats/summary.ts";
import type { NodeSource, WorkerNode } from "../node/node.ts";
import type { ClassShare } from "../plan/distribution.ts";
import { type LoadPlan, type Progress, profileOf } from "../plan/load-plan.ts";
import type { ShapeTick } from "./conductor.ts";
import { type MachineSource, MachineWatch } from "./machine-health.ts";
import { MasterRunner } from "./master.ts";
import type { MasterHooks, MasterOutcome } from "./options.ts";
import { endedInRamp, phased } from "./run-timeline.ts";

/** What a run needs of the world: time, workers, and the locustfile as the master has loaded it. */
export interface LeadRunOptions {
  readonly clock: Clock;
  readonly nodes: readonly WorkerNode[];
  /** See MasterOptions. */
  readonly joining?: NodeSource | undefined;
  readonly classes: readonly ClassShare[];
  readonly hooks: MasterHooks;
  readonly shape?: { readonly name: string; tick(): ShapeTick | Promise<ShapeTick> } | undefined;
  readonly machine?: MachineSource | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** See MasterOptions. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** See MasterOptions. */
  readonly onBlocks?: ((blocks: readonly Block[]) => void) | undefined;
  /** See RunObserver. */
  readonly onMeasured?: ((blocks: readonly Block[]) => void) | undefined;
  /** See MasterOptions. */
  readonly onFailures?: ((groups: readonly FailureGroup[]) => void) | undefined;
  /** Handed the running master: to end the test early, to change the number of users, to be looked at. */
  readonly onMaster?: ((master: MasterRunner) => void) | undefined;
}

/** Runs one load to its end and gives all that was measured. Throws GateError if the threads could not begin. */
export async function leadRun(plan: LoadPlan, world: LeadRunOptions): Promise<RunResult> {
  const watch = world.machine && new MachineWatch(world.machine);
  const master = new MasterRunner({
    clock: world.clock,
    plan,
    nodes: world.nodes,
    joining: world.joining,
    classes: world.classes,
    hooks: world.hooks,
    shape: world.shape && (() => world.shape?.tick() ?? null),
    machine: watch && (() => watch.take()),
    onProgress: world.onProgress,
    onNote: world.onNote,
    onBlocks: world.onBlocks,
    onMeasured: world.onMeasured,
    onFailures: world.onFailures,
  });
  world.onMaster?.(master);
  const outcome = await master.run();
  return resultOf(plan, { outcome, shape: world.shape?.name ?? null, classes: world.classes });
}

/** The document of a run. */
export function resultOf(
  plan: LoadPlan,
  { outcome, shape, classes }: { outcome: MasterOutcome; shape: string | null; classes: readonly ClassShare[] },
): RunResult {
  const { course, log } = outcome;
  if (endedInRamp(course, plan)) {
    log.warn("ended-in-ramp", "the requests were used up before all users had started: the whole run is judged");
  }
  const blocks = phased(outcome.snapshots, { course, plan });
  return {
    schema: resultSchemaVersion,
    meta: {
      name: plan.name,
      engine: plan.engine,
      measurement: measurementVersion,
      seed: plan.seed,
      startedAt: new Date(outcome.startedAtMs).toISOString(),
      endedAt: new Date(outcome.endedAtMs).toISOString(),
      host: withoutCredentials(plan.host),
      baseHost: withoutCredentials(plan.baseHost),
      commit: plan.commit,
      baseCommit: plan.baseCommit,
      locustfile: plan.locustfile,
      locustfileHash: plan.locustfileHash,
      profile: profileOf(
        plan,
        shape,
        classes.map(({ name }) => name),
      ),
      machine: plan.machine,
      threads: outcome.workers,
      ...(plan.alternates && { interleave: "seconds" as const }),
      ...(plan.shard && { shard: plan.shard }),
    },
    blocks,
    summary: summarize(blocks),
    trouble: log.toTrouble(),
    warnings: log.warnings,
    interrupted: outcome.interrupted,
  };
}

/** Scheme, host name and port alone. */
function withoutCredentials(url: string | null): string | null {
  return url === null ? null : URL.canParse(url) ? new URL(url).origin : withoutUserinfo(url).url;
}
