import { readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ExitCode, UsageError } from "../base/errors.ts";
import { makeDirectory } from "../base/make-directory.ts";
import { declarationFile } from "../door/entry-points.ts";
import { guessStart, startFiles } from "./guess-start.ts";
import { firstFiles } from "./init-files.ts";
import { invocationOf } from "./invocation.ts";
import type { Terminal } from "./terminal.ts";

/**
 * `swarmgate init`: a first locustfile, workflow and configuration, and what an editor needs to check them. What is
 * there already is left as it is.
 */
export async function init(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.length > 0) throw new UsageError([{ where: argv[0] as string, message: "init takes no arguments" }]);
  const { directory } = terminal;
  const guess = guessStart(await filesThere(directory));
  const written: string[] = [];
  for (const { path, text } of firstFiles({ directory, declarations: declarationFile(), guess })) {
    const wrote = await writeOnce(resolve(directory, path), text);
    if (wrote) written.push(path);
    terminal.out(wrote ? `wrote  ${path}\n` : `kept   ${path}, which was there\n`);
  }
  if (guess !== null && written.includes(".github/workflows/load-test.yml")) {
    const { start, from, provided } = guess;
    terminal.out(`guessed from ${from}: start: ${start}${provided === null ? "" : `, provided ${provided}`}\n`);
  }
  terminal.out(
    [
      "",
      "Next: start your application and try the locustfile against it,",
      "",
      `  ${invocationOf(terminal)} -H http://localhost:8080 -u 5 -t 10s --headless`,
      "",
      ...(written.includes("package.json")
        ? ["`npm install` brings your editor the types; a run does not need it.", ""]
        : []),
      "Then commit the files: the workflow's first run on main makes the baseline.",
      "",
    ].join("\n"),
  );
  return ExitCode.ok;
}

async function filesThere(directory: string): Promise<Map<string, string>> {
  const read = await Promise.all(
    startFiles.map(async (name) => [name, await readFile(resolve(directory, name), "utf8").catch(() => null)] as const),
  );
  return new Map(read.flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
}

/** False if there is such a file. */
async function writeOnce(file: string, text: string): Promise<boolean> {
  makeDirectory(dirname(file));
  try {
    await writeFile(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
