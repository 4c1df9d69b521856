import { version } from "../base/version.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { measurementVersion, noTrouble, type RunResult, resultSchemaVersion } from "../stats/run-result.ts";
import { summarize } from "../stats/summary.ts";
import { noTargetVerdict } from "../verdict/verdict-of.ts";
import { differenceOf, type GateContext } from "./gate-context.ts";
import { compareSettings, failOnOf } from "./judge.ts";
import { documentsDirectory } from "./prepare.ts";
import { reportOf, writeDocuments } from "./write-reports.ts";

/** Nothing was deployed, and that is fine: nothing is run, and everybody is told why. */
export async function withoutTarget(config: GateConfig, world: GateContext, reason: string): Promise<void> {
  const directory = documentsDirectory(config, world);
  const verdict = noTargetVerdict(reason);
  const result = nothingMeasured(config, world);
  const report = reportOf({
    config,
    world,
    result,
    judged: {
      verdict,
      comparing: compareSettings(config),
      failOn: failOnOf(config),
      history: [],
      whyNot: null,
      incomparable: null,
      warnings: [],
    },
    past: { wanted: false, store: world.store?.kind ?? null, baseline: null, whyNot: null },
    kept: { saved: false, whyNot: null },
    passed: true,
    difference: await differenceOf(world),
  });
  const unwritten = await writeDocuments({ directory, result, report, verdict, secrets: config.secrets });
  await world.publish(report, { directory, exitCode: 0, verdict, result, unwritten });
}

/** The result of a run that never began. */
function nothingMeasured({ settings }: GateConfig, world: GateContext): RunResult {
  const now = new Date(world.clock.now()).toISOString();
  return {
    schema: resultSchemaVersion,
    meta: {
      name: settings.name,
      engine: version,
      measurement: measurementVersion,
      seed: settings.seed ?? "",
      startedAt: now,
      endedAt: now,
      host: null,
      baseHost: null,
      commit: world.origin.commit,
      baseCommit: world.origin.baseCommit,
      locustfile: "",
      locustfileHash: "",
      profile: {
        users: settings.users,
        spawnRate: settings["spawn-rate"],
        runTimeMs: settings["run-time"] === "forever" ? null : settings["run-time"],
        requests: settings.requests,
        arrivalRate: settings["arrival-rate"],
        shape: null,
        userClasses: settings["user-classes"],
        tags: settings.tags,
        excludeTags: settings["exclude-tags"],
      },
      machine: world.machine,
      threads: 0,
    },
    blocks: [],
    summary: summarize([]),
    trouble: noTrouble,
    warnings: [],
    interrupted: false,
  };
}
