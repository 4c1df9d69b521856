import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Desk, type Said, scratch } from "../cli/at-terminal.ts";

/** The built command line: it starts in half the processor time of the sources, and is what people run. */
const builtCli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Runs one command of the built command line, in a process of its own. */
export async function swarmgate(argv: readonly string[], desk: Desk = {}): Promise<Said> {
  const directory = desk.directory ?? scratch();
  for (const [path, text] of Object.entries(desk.files ?? {})) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const env = { PATH: process.env.PATH, HOME: scratch(desk.home), ...desk.env };
  return await new Promise((resolve) => {
    const options = { cwd: directory, env, maxBuffer: Number.POSITIVE_INFINITY };
    execFile(process.execPath, [builtCli, ...argv], options, (failure, out, error) => {
      const code = failure === null ? 0 : typeof failure.code === "number" ? failure.code : -1;
      resolve({ code, out, error, directory });
    });
  });
}
