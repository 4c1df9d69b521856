import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { ExitCode, GateError, UsageError } from "../base/errors.ts";
import { locustPrefix, readLocust } from "../gate/results/locust-files.ts";
import type { NamedResult } from "../gate/results/merge-results.ts";
import { decodeResult } from "../stats/document/result-document.ts";
import type { Layer } from "./options/layers.ts";
import { commanderOption, longName, type OptionRow } from "./options/options.ts";
import type { Terminal } from "./terminal.ts";

/** A command that works on files alone: nothing is sent, nothing of a user's is run. */
export interface FileCommand {
  readonly name: string;
  readonly summary: string;
  /** As in `<result...>`. */
  readonly operands: string;
  readonly options: readonly OptionRow[];
}

/** The command as commander knows it, for parsing and for its help. */
export function commandOf({ name, summary, operands, options }: FileCommand, prefix = ""): Command {
  const command = new Command(`${prefix}${name}`)
    .description(summary)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  if (operands !== "") command.arguments(operands);
  for (const row of options) command.addOption(commanderOption(row));
  return command;
}

/** What was typed, taken apart. Throws UsageError, with the nearest option for an unknown one. */
export function parseFileCommand(
  row: FileCommand,
  argv: readonly string[],
): {
  readonly operands: readonly string[];
  readonly flags: Layer;
  readonly says: (name: string) => string | undefined;
} {
  const command = commandOf(row);
  try {
    command.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const message = error.message.replace(/^error: /, "").replace(/\n\(Did you mean (\S+)\?\)/, '; did you mean "$1"?');
    throw new UsageError([{ where: row.name, message, hint: `swarmgate ${row.name} --help` }]);
  }
  const opts: Record<string, unknown> = command.opts();
  const values = new Map<string, string>();
  for (const option of row.options) {
    const name = longName(option);
    const value = opts[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) values.set(name, Array.isArray(value) ? value.join("\n") : String(value));
  }
  return {
    operands: command.args,
    flags: { values, spell: (name) => `--${name}` },
    says: (name) => values.get(name),
  };
}

/** The text of a file the user named. Throws GateError `file-missing`. */
export function textOf(path: string, { directory }: Terminal): string {
  const file = resolve(directory, path);
  if (existsSync(file)) {
    try {
      return readFileSync(file, "utf8");
    } catch (cause) {
      throw new GateError("file-missing", `${path} cannot be read`, { exitCode: ExitCode.usage, cause });
    }
  }
  throw new GateError("file-missing", `there is no file ${path}`, {
    hint: `paths are relative to ${directory}`,
  });
}

/** A result the user named, or what Locust's `--csv` was given. Throws GateError `file-missing`, `result-unreadable`, `csv-missing`, `csv-unreadable`. */
export function resultOf(path: string, terminal: Terminal): NamedResult {
  const { directory } = terminal;
  const prefix = locustPrefix(path, directory);
  if (prefix !== null) {
    const unsaid = { name: "load-test", commit: null, baseCommit: null };
    return { source: path, result: readLocust(prefix, { directory, ...unsaid }) };
  }
  return { source: path, result: decodeResult(textOf(path, terminal), path) };
}
