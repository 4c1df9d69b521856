import { ExitCode, GateError, messageOf, UsageError } from "../base/errors.ts";
import { machineRefusal } from "../base/save-file.ts";
import { version } from "../base/version.ts";
import { ownLines } from "../github/workflow-commands.ts";
import type { FileCommand } from "./file-command.ts";
import { runAhead } from "./run-ahead.ts";
import type { Terminal } from "./terminal.ts";

/** One command; its code is loaded when it is asked for. */
interface CommandRow {
  readonly summary: string;
  readonly start: (argv: readonly string[], terminal: Terminal) => Promise<number>;
  /** A command on files, for its help. */
  readonly help?: () => Promise<FileCommand>;
}

const commands: Readonly<Record<string, CommandRow>> = {
  run: {
    summary: "run a locustfile; judge it where something is promised",
    start: async (argv, terminal) => runAhead(argv, terminal),
  },
  diff: {
    summary: "start this version and another, and compare the two",
    start: async (argv, terminal) => (await import("./diff.ts")).diff(argv, terminal),
  },
  demo: {
    summary: "the whole gate on a built-in sample shop with a planted regression",
    start: async (argv, terminal) => (await import("./demo.ts")).demo(argv, terminal),
  },
  judge: {
    summary: "judge a result file by promises and a baseline",
    start: async (argv, terminal) => (await import("./judge.ts")).judgeFiles(argv, terminal),
    help: async () => (await import("./judge.ts")).judgeCommand,
  },
  compare: {
    summary: "compare a result file with that of an earlier run",
    start: async (argv, terminal) => (await import("./judge.ts")).compareFiles(argv, terminal),
    help: async () => (await import("./judge.ts")).compareCommand,
  },
  report: {
    summary: "render a result file: html, markdown, json, csv, junit, console",
    start: async (argv, terminal) => (await import("./report.ts")).reportFile(argv, terminal),
    help: async () => (await import("./report.ts")).reportCommand,
  },
  merge: {
    summary: "add the result files of one run's shards up",
    start: async (argv, terminal) => (await import("./merge.ts")).mergeFiles(argv, terminal),
    help: async () => (await import("./merge.ts")).mergeCommand,
  },
  baseline: {
    summary: "look after a baseline file: list, pin, invalidate, reset",
    start: async (argv, terminal) => (await import("./baseline.ts")).baseline(argv, terminal),
    help: async () => (await import("./baseline.ts")).baselineCommand,
  },
  init: {
    summary: "write a first locustfile, workflow and configuration",
    start: async (argv, terminal) => (await import("./init.ts")).init(argv, terminal),
  },
  calibrate: {
    summary: "the target against itself: the noise floor, tolerances to use",
    start: async (argv, terminal) => runAhead(argv, terminal, "calibrate"),
  },
  capacity: {
    summary: "find the largest load that keeps the promises",
    start: async (argv, terminal) => runAhead(argv, terminal, "capacity"),
  },
};

/** Runs one command and gives the process's exit code. `run` is the one that needs no name. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const [first = "", ...rest] = argv;
    if (first === "--help" || first === "-h" || first === "help") {
      terminal.out(await help(rest[0]));
      return ExitCode.ok;
    }
    const command = commands[first];
    if ((command || first.startsWith("-")) && argv.some(asksForVersion)) {
      terminal.out(`swarmgate ${version}\n`);
      return ExitCode.ok;
    }
    if (command && rest.some(asksForHelp)) {
      terminal.out(await help(first));
      return first === "run" ? await ownArguments(rest, terminal) : ExitCode.ok;
    }
    if (command) return await command.start(rest, terminal);
    if (first !== "" && !first.startsWith("-")) await refuseTypingError(first);
    return await (commands.run as CommandRow).start(argv, terminal);
  } catch (error) {
    return told(error, terminal);
  }
}

/** A word that is nearly a command was meant as one; others are names of user classes. */
async function refuseTypingError(word: string): Promise<void> {
  const { nearMiss } = await import("../config/fields.ts");
  const near = nearMiss(word, Object.keys(commands));
  if (near !== "") throw new UsageError([{ where: word, message: `there is no such command${near}` }]);
}

function asksForVersion(word: string): boolean {
  return word === "--version" || word === "-V";
}

function asksForHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

/** `run --help` with a locustfile: its own arguments too. Its code is run for that, so only if it is named. */
async function ownArguments(argv: readonly string[], terminal: Terminal): Promise<number> {
  const words = argv.filter((word) => !asksForHelp(word));
  const named = words.some((word) => /^(-f|--locustfile)/.test(word));
  const file = words.find((word) => /\.[cm]?[jt]s$/.test(word));
  if (!named && file === undefined) return ExitCode.ok;
  terminal.out("\n");
  return runAhead(named ? words : ["-f", file as string], terminal, "arguments");
}

async function help(of: string | undefined): Promise<string> {
  const row = of === undefined ? undefined : commands[of];
  if (row?.help) return (await import("./file-command.ts")).commandOf(await row.help(), "swarmgate ").helpInformation();
  if (of === "run" || of === "diff")
    return (await import("./options/run-arguments.ts")).runCommand("swarmgate run").helpInformation();
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return [
    `swarmgate ${version}: load tests in Locust's words, judged as a gate`,
    "",
    "  swarmgate [run] [options] [UserClass ...]",
    "",
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "swarmgate run --help lists every option.",
    "",
  ].join("\n");
}

/** An error as people want it: the thing, the place, the remedy. */
function told(thrown: unknown, { error: write }: Terminal): number {
  const error = machineRefusal(thrown);
  if (error instanceof GateError) {
    const lines =
      error instanceof UsageError
        ? error.problems.map(({ where, message, hint }) => `${where}: ${message}${hint ? ` (${hint})` : ""}`)
        : [`${error.place ? `${error.place}: ` : ""}${error.message}`];
    // It may quote what a locustfile or a worker said.
    const said = [...lines.map((line) => `swarmgate: ${line}`), ...(error.hint ? [`  ${error.hint}`] : [])];
    for (const line of said.flatMap(ownLines)) write(`${line}\n`);
    return error.exitCode;
  }
  write(
    `swarmgate itself failed, which is our fault: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`,
  );
  return ExitCode.ownFault;
}
