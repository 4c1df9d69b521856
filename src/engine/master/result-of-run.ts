import { withoutUserinfo } from "../../base/userinfo.ts";
import { measurementVersion, type RunResult, resultSchemaVersion } from "../../stats/run-result.ts";
import { summarize } from "../../stats/summary.ts";
import type { ClassShare } from "../plan/distribution.ts";
import { type LoadPlan, profileOf } from "../plan/load-plan.ts";
import type { MasterOutcome } from "./options.ts";
import { endedInRamp, phased } from "./run-timeline.ts";

/** The document of a run. */
export function resultOfRun(
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
