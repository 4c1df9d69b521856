import { GateError } from "../base/errors.ts";
import { entryFile } from "../door/entry-points.ts";
import { allowedEnvironment, SwarmAhead } from "../gate/swarm/swarm-child.ts";
import type { RunMode } from "./read-run.ts";
import type { Terminal } from "./terminal.ts";

/** Runs a locustfile; the process that generates the load comes up while what asks for it is still being read. */
export async function runAhead(
  argv: readonly string[],
  terminal: Terminal,
  mode: RunMode | "arguments" = "gate",
): Promise<number> {
  const environment = allowedEnvironment(terminal.env, []);
  const ahead = new SwarmAhead({ entry: entryFile("swarm"), environment, directory: terminal.directory });
  try {
    const { run } = await import("./run.ts");
    const { writtenOut } = await import("./options/abbreviations.ts");
    try {
      return await run(argv, terminal, { mode, swarm: ahead.take });
    } catch (error) {
      // Only the locustfile, once it is loaded, knows that a word is none of its own options.
      if (!(error instanceof GateError) || error.code !== "unknown-option") throw error;
      const words = writtenOut(argv, (option) => error.message.includes(`${option}: there is no such option`));
      if (!words) throw error;
      return await run(words, terminal, { mode, swarm: undefined });
    }
  } finally {
    ahead.dispose();
  }
}
