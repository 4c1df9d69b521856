import { fileURLToPath } from "node:url";
import { explainLoadFailure } from "../../loading/load-failure.ts";
import { loadLocustfile } from "../../loading/locustfile.ts";
import { type ArgumentSources, OwnArguments, type ReadArguments } from "../../user/arguments/argument-parser.ts";
import { events } from "../../user/events/events.ts";
import type { LoadPlan } from "../plan/load-plan.ts";

type Loadable = Pick<LoadPlan, "compiled" | "engineUrl">;

/**
 * Loads the locustfile in this thread and asks its `initCommandLineParser` listeners for arguments of its own. Throws
 * GateError, exit code 2, for what is wrong with the locustfile or with an argument.
 */
async function askOwnArguments(
  { compiled, engineUrl }: Loadable,
  { taken }: { readonly taken: readonly string[] },
): Promise<OwnArguments> {
  await loadLocustfile(compiled, { engineUrl });
  const parser = new OwnArguments({ taken });
  for (const listener of events.initCommandLineParser.listeners) {
    try {
      await listener({ parser });
    } catch (error) {
      const file = fileURLToPath(compiled.entries[0] as string);
      throw await explainLoadFailure(error, { file, root: compiled.root, engineUrl, failedImport: undefined });
    }
  }
  return parser;
}

/** The values of the locustfile's own arguments. Throws also UsageError for a word nobody knows. */
export async function readOwnArguments(
  plan: Loadable,
  { taken, ...sources }: ArgumentSources & { readonly taken: readonly string[] },
): Promise<ReadArguments> {
  return (await askOwnArguments(plan, { taken })).read(sources);
}

/** A locustfile's own arguments as `--help` lists them. */
export async function ownArgumentsHelp(
  plan: Loadable,
  { taken }: { readonly taken: readonly string[] },
): Promise<string> {
  const { help } = await askOwnArguments(plan, { taken });
  return help === "" ? "The locustfile has no arguments of its own." : `The locustfile's own:\n${help}`;
}
