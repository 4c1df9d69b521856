import { Command, CommanderError } from "commander";
import { UsageError } from "../base/errors.ts";
import { type Layer, layerOfFlags, nearOption } from "./layers.ts";
import { commanderOption, renamed, runOptions } from "./options.ts";

/** The command line of `swarmgate run`, taken apart. */
export interface RunArguments {
  readonly flags: Layer;
  /** Names after the options: run these classes alone. */
  readonly userClasses: readonly string[];
  /** Options we do not know, for the locustfile's own arguments; with their values. */
  readonly unknown: readonly string[];
}

/** `swarmgate run` as commander knows it: for parsing and for `--help`. */
export function runCommand(name = "run"): Command {
  const command = new Command(name)
    .description("run a locustfile; judge it when promises, a configuration or a baseline are given")
    .argument("[UserClass...]", "run these classes alone")
    .allowUnknownOption()
    .allowExcessArguments()
    .passThroughOptions(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const row of runOptions) command.addOption(commanderOption(row));
  return command;
}

/**
 * Takes the arguments apart. Options nobody knows are kept, from the first one on: a locustfile may define them.
 * Throws UsageError for an old spelling and for an option without its value.
 */
export function parseRunArguments(argv: readonly string[]): RunArguments {
  for (const word of argv) {
    const instead = renamed[word.split("=")[0] as string];
    if (instead) throw new UsageError([{ where: word, message: `is now ${instead}` }]);
  }
  const command = runCommand();
  try {
    command.parse([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && !/help|version/i.test(error.code)) {
      throw new UsageError([{ where: "command line", message: error.message.replace(/^error: /, "") }]);
    }
    throw error;
  }
  const from = command.args.findIndex((word) => word.startsWith("-"));
  return {
    flags: layerOfFlags(command.opts()),
    userClasses: from < 0 ? command.args : command.args.slice(0, from),
    unknown: from < 0 ? [] : command.args.slice(from),
  };
}

/** What to say of options neither we nor the locustfile know. */
export function unknownOptions(words: readonly string[]): UsageError {
  return new UsageError(
    words
      .filter((word) => word.startsWith("-"))
      .map((word) => ({ where: word, message: `there is no such option${nearOption(word)}` })),
  );
}
