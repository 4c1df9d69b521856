import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import type { ProcessId } from "./members.ts";
import { processRow } from "./process-table.ts";

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningCommand {
  /** Null where it could not be started at all. */
  readonly id: ProcessId | null;
  /** Never rejects: a command that could not be started ended with exit code 127. */
  readonly ended: Promise<CommandEnd>;
}

export interface CommandOrder {
  readonly command: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Its output is added there. Straight into the file: a pipe nobody reads in time would hold the service up. */
  readonly logPath: string;
}

/** As the runner runs a step's lines: the first that fails ends them. */
function shellFor(command: string): readonly [program: string, words: readonly string[]] {
  if (process.platform === "win32") return ["cmd.exe", ["/d", "/s", "/c", command]];
  return [existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh", ["-e", "-c", command]];
}

/** Starts a command in a process group of its own. */
export function startCommand({ command, directory, environment, logPath }: CommandOrder): RunningCommand {
  const [program, words] = shellFor(command);
  const log = openSync(logPath, "a");
  try {
    const child = spawn(program, words, {
      cwd: directory,
      env: environment,
      stdio: ["ignore", log, log],
      detached: process.platform !== "win32",
      windowsVerbatimArguments: process.platform === "win32",
    });
    return { id: idOf(child), ended: endOf(child) };
  } finally {
    closeSync(log);
  }
}

function idOf({ pid }: ChildProcess): ProcessId | null {
  const row = pid === undefined ? null : processRow(pid);
  return row === null ? null : { pid: row.pid, start: row.start };
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve) => {
    child.once("error", () => resolve({ exitCode: 127, signal: null }));
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/** `exit code 1`, `the signal SIGKILL`. */
export function endInWords({ exitCode, signal }: CommandEnd): string {
  return signal === null ? `exit code ${exitCode}` : `the signal ${signal}`;
}
