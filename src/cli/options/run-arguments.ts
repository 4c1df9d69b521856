import { Command, CommanderError } from "commander";
import { UsageError } from "../../base/errors.ts";
import { type Layer, layerOfFlags } from "./layers.ts";
import { commanderOption, renamed, runOptions } from "./options.ts";

/** The command line of `swarmgate run`, taken apart. */
export interface RunArguments {
  readonly flags: Layer;
  /** What is left: names of user classes, and options that only the locustfile may know, with their values. */
  readonly words: readonly string[];
}

/** `swarmgate run` as commander knows it: for parsing and for `--help`. */
export function runCommand(name = "run"): Command {
  const command = new Command(name)
    .description("run a locustfile; judge it where something is promised (see Judge)")
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
  const opts: Record<string, unknown> = command.opts();
  // `-f load/*.ts` reaches us as one value and many words.
  const unknown = command.args.findIndex((word) => word.startsWith("-"));
  const isFile = (word: string, at: number) =>
    opts.locustfile !== undefined && (unknown < 0 || at < unknown) && /\.(?:[cm]?[jt]s|py)$|[/\\]/.test(word);
  const files = command.args.filter(isFile);
  if (files.length > 0) opts.locustfile = [...(opts.locustfile as string[]), ...files];
  return { flags: layerOfFlags(opts), words: command.args.filter((word, at) => !isFile(word, at)) };
}
