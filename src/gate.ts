import type { GateConfig } from "./config/gate-config.ts";
import { confirmRegression } from "./gate/confirm.ts";
import { judgeRun } from "./gate/judge.ts";
import type { RunExtras } from "./gate/load.ts";
import { measure } from "./gate/measure.ts";
import { prepare } from "./gate/prepare.ts";
import { remember } from "./gate/remember.ts";
import { reportOf, writeDocuments } from "./gate/tell.ts";
import type { World } from "./gate/world.ts";
import type { Report } from "./report/report.ts";
import { exitCodeOf } from "./verdict/exit-code.ts";
import type { Verdict } from "./verdict/verdict.ts";

export interface GateOutcome {
  readonly verdict: Verdict;
  readonly report: Report;
  /** Where the documents are. */
  readonly directory: string;
  readonly exitCode: number;
}

/**
 * The story in one screen: prepare → measure → confirm → judge → remember → tell. The raw run is on disk before anyone
 * judges it, and what becomes of the telling changes nothing of the verdict.
 */
export async function gate(config: GateConfig, world: World, extras: RunExtras): Promise<GateOutcome> {
  const prepared = await prepare(config, world);
  const { directory } = prepared;
  const stage = { config, world, extras, directory };
  const result = await confirmRegression(await measure(stage), stage);
  const today = new Date(world.clock.now()).toISOString().slice(0, 10);
  const judged = judgeRun({ config, result, past: prepared.past, today, forgiven: extras.forgiven });
  const exitCode = exitCodeOf({
    verdict: judged.verdict,
    failOn: judged.failOn,
    processExitCode: result.trouble.processExitCode,
  });
  const { verdict } = judged;
  const kept = await remember({ config, world, result, verdict });
  const report = reportOf({ config, world, result, judged, past: prepared.past, kept, passed: exitCode === 0 });
  await writeDocuments({ directory, result, report, verdict, secrets: config.secrets });
  await world.tell(report, { directory, exitCode, verdict, result });
  return { verdict, report, directory, exitCode };
}
