import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { runCli } from "../../src/cli/commands.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  /** Where the command was run. */
  readonly directory: string;
}

export interface Desk {
  /** By path in the directory the command is run in. */
  readonly files?: Readonly<Record<string, string>>;
  /** The same, in the home directory. */
  readonly home?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** A directory that is there already. */
  readonly directory?: string;
}

/** An empty directory that goes with the test. */
export function scratch(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), "swarmgate-cli-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** Runs one command in this process, its load in a real child of its own. */
export async function swarmgate(argv: readonly string[], desk: Desk = {}): Promise<Said> {
  const directory = desk.directory ?? scratch();
  for (const [path, text] of Object.entries(desk.files ?? {})) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  let out = "";
  let error = "";
  const code = await runCli(argv, {
    env: { PATH: process.env.PATH, ...desk.env },
    directory,
    home: scratch(desk.home),
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    columns: null,
    script: "swarmgate",
    keyboard: null,
  });
  return { code, out, error, directory };
}
