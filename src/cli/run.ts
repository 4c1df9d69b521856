import { rm } from "node:fs/promises";
import { systemClock } from "../base/clock.ts";
import { ExitCode, GateError } from "../base/errors.ts";
import { guardSockets } from "../base/socket-guard.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { entryFile } from "../door/entry-points.ts";
import { onInterruption } from "../door/interruption.ts";
import { thisMachine } from "../door/machine.ts";
import { ProgressMeter } from "../door/progress-meter.ts";
import { storeFor } from "../door/store-for.ts";
import type { GateContext, WrittenRun } from "../gate/gate-context.ts";
import type { RunExtras } from "../gate/load.ts";
import { inspect, loadOrder, work } from "../gate/load.ts";
import type { Started } from "../gate/start-services.ts";
import type { LoadOrder } from "../gate/swarm/swarm-channel.ts";
import { gate } from "../gate.ts";
import { ownLines } from "../github/workflow-commands.ts";
import type { Report } from "../report/document/report.ts";
import { baseQuestion } from "../service/base-question.ts";
import { watchKeys } from "./keys.ts";
import { codeOnError, locustExitCode } from "./locust-exit.ts";
import { logFor } from "./log.ts";
import { lookUp } from "./options/layers.ts";
import { outputPaths } from "./output-paths.ts";
import { type RunMode, readCommandLine } from "./read-run.ts";
import type { Terminal } from "./terminal.ts";
import { scratchDirectory, warnUnwritten } from "./written.ts";

/**
 * Users stop within this once the run is interrupted, whatever the stop timeout says
 * (docs/verdict.md#when-a-run-is-interrupted).
 */
const stopWithinMs = 3000;

const inspections: readonly (readonly [option: string, what: NonNullable<LoadOrder["inspect"]>])[] = [
  ["list", "list"],
  ["show-task-ratio", "task-ratio"],
  ["show-task-ratio-json", "task-ratio-json"],
];

/**
 * `swarmgate run`: Locust's defaults, options and exit codes; the gate's where something is judged. With the mode
 * `calibrate` it is `swarmgate calibrate`: the target against itself, by the same options; with `capacity` the search
 * for the largest load that keeps the promises; with `arguments` it lists what options the locustfile has.
 */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  { mode, swarm }: { mode: RunMode | "arguments"; swarm: GateContext["swarmAhead"] },
): Promise<number> {
  guardSockets();
  const asked = await readCommandLine(argv, terminal, mode === "arguments" ? "gate" : mode);
  const { layers, extras } = asked;
  let { config } = asked;
  const says = (name: string) => lookUp(layers, name);
  const onError = codeOnError(layers);
  const logged = logFor(layers, terminal);
  const paths = outputPaths(layers, { config, directory: terminal.directory });
  const scratch = await scratchDirectory();
  const interruption = onInterruption();
  const quiet = says("only-summary") !== undefined || !["DEBUG", "INFO"].includes(logged.level);
  const meter = new ProgressMeter(terminal.error, { columns: terminal.columns });
  let stopKeys = () => {};
  let started: Started | null = null;
  let finished: { report: Report; told: WrittenRun } | undefined;
  const world: GateContext = {
    clock: systemClock,
    directory: terminal.directory,
    environment: terminal.env,
    machine: thisMachine(),
    documents: () => scratch,
    swarmEntry: entryFile("swarm"),
    threadEntry: entryFile("thread-process"),
    swarmAhead: swarm,
    signal: interruption.signal,
    stopWithinMs: Math.min(stopWithinMs, config.settings["stop-timeout"]),
    origin: { commit: null, baseCommit: null, branch: null, ownsBaseline: false, run: null },
    readiness: false,
    log: (text) => {
      meter.end();
      for (const line of ownLines(`swarmgate: ${text}`)) logged.write("INFO", line);
    },
    userOutput: (text) => {
      meter.end();
      terminal.out(`${terminal.env.GITHUB_ACTIONS === "true" ? "locustfile | " : ""}${text}\n`);
    },
    onProgress: quiet ? () => undefined : meter.show,
    onStarted: ({ changeUsers }) => {
      stopKeys = watchKeys(terminal.keyboard, {
        users: changeUsers,
        interrupt: () => process.kill(process.pid, "SIGINT"),
      });
    },
    store: storeFor({ config, directory: terminal.directory }),
    publish: async (report, told) => {
      finished = { report, told };
    },
  };
  const codeOfSignal = () => (interruption.name() === "SIGTERM" ? ExitCode.terminated : ExitCode.interrupted);
  try {
    if (config.settings.locustfile.some((path) => /^https?:/i.test(path))) {
      const { withFetchedLocustfiles } = await import("./remote-locustfile.ts");
      config = await withFetchedLocustfiles(config, scratch);
    }
    const [, asOption] = inspections.find(([option]) => says(option) !== undefined) ?? [];
    const what = mode === "arguments" ? mode : asOption;
    if (what) {
      terminal.out(
        `${await inspect(loadOrder({ config, world, extras, directory: scratch, inspect: what }), world, config)}\n`,
      );
      return ExitCode.ok;
    }
    if (extras.cluster?.role === "worker") {
      await work(loadOrder({ config, world, extras, directory: scratch }), world, config);
      return interruption.signal.aborted ? codeOfSignal() : ExitCode.ok;
    }
    if (says("headless") === undefined)
      world.log(`the web page is not built yet: running as with --headless${lasting(config, extras)}`);
    const ready =
      config.settings.start === null
        ? null
        : await startedHere(config, world, { buildHead: says("build-head") !== undefined });
    started = ready?.started ?? null;
    const { exitCode } = await gate(ready?.config ?? config, ready?.world ?? world, extras);
    stopKeys();
    meter.end();
    if (!finished) return exitCode;
    const { report, told } = finished;
    const { finalTables, renderLocustJson, writeFiles } = await import("./run-documents.ts");
    const unwritten = await writeFiles(report, told, { paths, secrets: config.secrets });
    if (says("json") !== undefined) terminal.out(renderLocustJson(told.result));
    if (mode === "diff") terminal.out((await import("../report/view/versions-table.ts")).versionsTable(report));
    terminal.error(finalTables(report, told, { judges: asked.judges, columns: terminal.columns }));
    const reports = config.settings["report-dir"] === null ? [] : told.unwritten;
    warnUnwritten([...reports, ...unwritten], terminal.error);
    if (told.result.interrupted) return codeOfSignal();
    return asked.judges ? exitCode : locustExitCode(told, onError);
  } catch (error) {
    throw interruption.name() === "SIGTERM" ? terminated(error) : error;
  } finally {
    stopKeys();
    meter.end();
    await started?.services.end();
    interruption.release();
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Starts the service of the user's own directory, and beside it the version that --base names. */
async function startedHere(config: GateConfig, world: GateContext, { buildHead }: { readonly buildHead: boolean }) {
  const { startTarget, withServices } = await import("../door/start-target.ts");
  const started = await startTarget({
    config,
    world,
    question: baseQuestion(noEvent),
    serverUrl: "https://github.com",
    output: (arm, line) => world.log(`${arm} | ${line}`),
    // Nobody expects a comparison to install packages in the directory they work in.
    buildHead: buildHead || config.settings.base === "auto" || config.settings.base === "none",
    refuseEqual: false,
  });
  return started && { started, ...withServices(started, world) };
}

const noEvent = { eventName: "", eventSha: "", headSha: "", isPullRequest: false, baseBranch: null, baseSha: null };

/** What ends the run; a program that waits for it must not learn that by waiting. */
function lasting({ settings }: GateConfig, { iterations }: RunExtras): string {
  if (settings["run-time"] !== "forever" || settings.requests !== null || iterations !== undefined) return "";
  return ", until it is interrupted (-t sets a run time)";
}

/** The run ended by SIGTERM has the exit code of that. */
function terminated(error: unknown): unknown {
  if (!(error instanceof GateError) || error.exitCode !== ExitCode.interrupted) return error;
  const { code, message, hint } = error;
  return new GateError(code, message, { exitCode: ExitCode.terminated, ...(hint !== undefined && { hint }) });
}
