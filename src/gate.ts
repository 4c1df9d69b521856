import type { GateConfig } from "./config/gate-config.ts";
import { searchCapacity } from "./gate/capacity.ts";
import { confirmRegression } from "./gate/confirm.ts";
import { differenceOf, type GateContext } from "./gate/gate-context.ts";
import { type Judged, judgeRun } from "./gate/judge.ts";
import { judgeCapacity } from "./gate/judge-capacity.ts";
import type { GateStep, RunExtras } from "./gate/load.ts";
import type { Past } from "./gate/load-baseline.ts";
import { measure } from "./gate/measure.ts";
import { refuseWithoutHost } from "./gate/no-host.ts";
import { morePasses } from "./gate/passes.ts";
import { prepare } from "./gate/prepare.ts";
import { keepResult } from "./gate/results/keep-result.ts";
import type { ReadResults } from "./gate/results/read-results.ts";
import { saveBaseline } from "./gate/save-baseline.ts";
import type { Report } from "./report/document/report.ts";
import type { RunResult } from "./stats/run-result.ts";
import type { Capacity } from "./verdict/capacity/capacity.ts";
import { exitCodeOf } from "./verdict/exit-code.ts";
import type { Verdict } from "./verdict/verdict.ts";

export interface GateOutcome {
  readonly verdict: Verdict;
  readonly report: Report;
  /** Where the documents are. */
  readonly directory: string;
  readonly exitCode: number;
}

/** What one call of the gate works with. */
interface Stage extends GateStep {
  /** What other jobs measured, if that is to be judged instead of a run of our own. */
  readonly elsewhere: ReadResults | null;
}

/**
 * The story in one screen: prepare → measure → confirm → judge → save → report. The raw run is on disk before anyone
 * judges it, and what becomes of the report changes nothing of the verdict. What draws documents is loaded when there is
 * something to draw: nothing waits for it before the first request.
 */
export async function gate(asked: GateConfig, world: GateContext, extras: RunExtras): Promise<GateOutcome> {
  const { config, elsewhere } =
    asked.settings.results.length === 0 ? { config: asked, elsewhere: null } : await others(asked, world);
  const prepared = await prepare(config, world);
  const { directory } = prepared;
  const stage = { config, world, extras, directory, elsewhere };
  const { result, judged, capacity = null } = await measureAndJudge(stage, prepared.past);
  await world.services?.end();
  const past = await prepared.past;
  const exitCode = exitCodeOf({
    verdict: judged.verdict,
    failOn: judged.failOn,
    processExitCode: result.trouble.processExitCode,
  });
  const { verdict } = judged;
  const kept = await saveBaseline({ config, world, result, verdict, past, capacity });
  const passed = exitCode === 0;
  const { reportOf, writeDocuments } = await import("./gate/write-reports.ts");
  const difference = await differenceOf(world);
  const services = world.services?.failures() ?? [];
  const report = reportOf({ config, world, result, judged, past, kept, passed, capacity, difference, services });
  const unwritten = await writeDocuments({ directory, result, report, verdict, secrets: config.secrets });
  await world.publish(report, { directory, exitCode, verdict, result, unwritten });
  return { verdict, report, directory, exitCode };
}

/** What other jobs measured, and the settings it was measured with. */
async function others(
  asked: GateConfig,
  world: GateContext,
): Promise<{ readonly config: GateConfig; readonly elsewhere: ReadResults }> {
  const { asMeasured, readResults } = await import("./gate/results/read-results.ts");
  const elsewhere = readResults(asked, world);
  return { config: asMeasured(asked, elsewhere.result), elsewhere };
}

/**
 * One run and its confirmation, or its further passes; or a search for the largest load, which is many runs, each judged by itself; or what
 * others have measured.
 */
async function measureAndJudge(
  stage: Stage,
  reading: Promise<Past>,
): Promise<{ readonly result: RunResult; readonly judged: Judged; readonly capacity?: Capacity }> {
  const { config, world, extras } = stage;
  if (config.settings.mode === "capacity") {
    const past = await reading;
    const searched = await searchCapacity(stage, past);
    return { ...searched, judged: judgeCapacity(searched, { config, past, today: today(world) }) };
  }
  if (stage.elsewhere) {
    const { text } = stage.elsewhere;
    const result = await keepResult(stage.elsewhere.result, { directory: stage.directory, text });
    return { result, judged: judgeRun({ config, result, past: await reading, today: today(world) }) };
  }
  const measured = await measure(stage);
  refuseWithoutHost(measured);
  const confirmed = await confirmRegression(measured, stage);
  const past = await reading;
  const result = await morePasses(confirmed, { ...stage, past });
  const findings = world.services?.findings() ?? [];
  const { forgiven } = extras;
  return { result, judged: judgeRun({ config, result, past, today: today(world), forgiven, findings }) };
}

/** `2026-12-24`, in UTC. A search or a wait may cross midnight: it is asked when there is something to judge. */
function today({ clock }: GateContext): string {
  return new Date(clock.now()).toISOString().slice(0, 10);
}
