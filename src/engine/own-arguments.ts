import { fileURLToPath } from "node:url";
import { type ArgumentSources, OwnArguments, type ReadArguments } from "../user/argument-parser.ts";
import { events } from "../user/events.ts";
import { explainLoadFailure } from "./load-failure.ts";
import type { LoadPlan } from "./load-plan.ts";
import { loadLocustfile } from "./locustfile.ts";

/**
 * Loads the locustfile in this thread, asks its `initCommandLineParser` listeners for arguments of its own, and reads
 * them. Throws GateError, exit code 2: what is wrong with the locustfile, with an argument, with a word nobody knows.
 */
export async function readOwnArguments(
  plan: Pick<LoadPlan, "compiled" | "engineUrl">,
  { taken, ...sources }: ArgumentSources & { readonly taken: readonly string[] },
): Promise<ReadArguments> {
  const { compiled, engineUrl } = plan;
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
  return parser.read(sources);
}
