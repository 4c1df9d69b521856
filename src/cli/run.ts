import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { ExitCode } from "../base/errors.ts";
import { entryFile } from "../door/beside.ts";
import { onInterruption } from "../door/interruption.ts";
import { thisMachine } from "../door/machine.ts";
import { ProgressMeter } from "../door/progress-meter.ts";
import { storeFor } from "../door/store-for.ts";
import { inspect, loadOrder } from "../gate/load.ts";
import type { Told, World } from "../gate/world.ts";
import { gate } from "../gate.ts";
import type { Report } from "../report/report.ts";
import { lookUp } from "./layers.ts";
import { readCommandLine } from "./read-run.ts";
import { writeWanted } from "./run-documents.ts";
import type { Terminal } from "./terminal.ts";

/** `swarmgate run`: Locust's defaults, options and exit codes; the gate's where something is judged. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const asked = await readCommandLine(argv, terminal);
  const { config, layers, extras } = asked;
  const scratch = await mkdtemp(join(tmpdir(), "swarmgate-"));
  const interruption = onInterruption();
  const says = (name: string) => lookUp(layers, name);
  const quiet = says("only-summary") !== undefined;
  const meter = new ProgressMeter(terminal.error, { columns: terminal.columns });
  const log = (text: string) => {
    meter.end();
    terminal.error(`${text}\n`);
  };
  let finished: { report: Report; told: Told } | undefined;
  const world: World = {
    clock: systemClock,
    directory: terminal.directory,
    environment: terminal.env,
    machine: thisMachine(),
    documents: () => scratch,
    swarmEntry: entryFile("swarm"),
    signal: interruption.signal,
    stopWithinMs: config.settings["stop-timeout"],
    origin: { commit: null, baseCommit: null, branch: null, ownsBaseline: false, run: null },
    readiness: false,
    log: (text) => log(`swarmgate: ${text}`),
    userOutput: (text) => {
      meter.end();
      terminal.out(`${terminal.env.GITHUB_ACTIONS === "true" ? "locustfile | " : ""}${text}\n`);
    },
    onProgress: quiet ? () => undefined : meter.show,
    store: storeFor({ config, directory: terminal.directory }),
    tell: async (report, told) => {
      meter.end();
      finished = { report, told };
    },
  };
  try {
    const looked = ["list", "show-task-ratio", "show-task-ratio-json"].find((name) => says(name) !== undefined);
    if (looked) {
      const what = looked === "list" ? "list" : looked === "show-task-ratio" ? "task-ratio" : "task-ratio-json";
      const order = loadOrder({ config, world, extras, directory: scratch, inspect: what });
      terminal.out(`${await inspect(order, world, config)}\n`);
      return ExitCode.ok;
    }
    const { exitCode } = await gate(config, world, extras);
    if (!finished) return exitCode;
    await writeWanted(finished, { asked, terminal });
    if (interruption.name() === "SIGTERM") return ExitCode.terminated;
    return asked.judges || exitCode === ExitCode.interrupted
      ? exitCode
      : locustExitCode(finished.told, says("exit-code-on-error"));
  } finally {
    meter.end();
    interruption.release();
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Locust's rule: what the locustfile set, else the code for errors if any request or task failed. What Locust lets
 * pass as green (no request at all, every user dead) is invalid here.
 */
function locustExitCode({ verdict, result }: Told, onError: string | undefined): number {
  const { trouble, summary } = result;
  if (trouble.processExitCode !== null) return trouble.processExitCode;
  const invalid = verdict.conclusion === "invalid" && verdict.reasons[0]?.code !== "uncaught-exceptions";
  if (invalid) return ExitCode.invalid;
  const failed = summary.totals.some(({ failures }) => failures > 0) || trouble.exceptions.length > 0;
  return failed ? Number(onError ?? 1) : ExitCode.ok;
}
