import { entryFile } from "../door/beside.ts";
import { allowedEnvironment, SwarmAhead } from "../gate/swarm-child.ts";
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
    return await run(argv, terminal, { mode, swarm: ahead.take });
  } finally {
    ahead.dispose();
  }
}
