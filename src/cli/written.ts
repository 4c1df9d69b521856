import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { GateError } from "../base/errors.ts";
import { makeDirectory } from "../base/make-directory.ts";
import { saveText, systemReason } from "../base/save-file.ts";
import type { Unwritten } from "../gate/gate-context.ts";
import type { Terminal } from "./terminal.ts";

/** Says which files are missing. The verdict, and with it the exit code, is what it would have been. */
export function warnUnwritten(files: readonly Unwritten[], error: Terminal["error"]): void {
  for (const { name, why } of files) error(`swarmgate: ${name} could not be written: ${why}\n`);
}

/** Writes the one file a command is for. Throws GateError where that cannot be. */
export async function writeOutput(path: string, text: string, terminal: Terminal): Promise<void> {
  const why = await saveText(await placeFor(path, terminal), text);
  if (why !== null) throw unwritable(path, why);
}

/** The absolute path, its directory made. Throws GateError where that cannot be. */
export async function placeFor(path: string, { directory }: Pick<Terminal, "directory">): Promise<string> {
  const file = resolve(directory, path);
  try {
    makeDirectory(dirname(file));
  } catch (error) {
    throw unwritable(path, systemReason(error));
  }
  return file;
}

/** A new directory for the run's own documents. Throws GateError where there can be none. */
export async function scratchDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), "swarmgate-"));
  } catch (error) {
    throw new GateError("output-unwritable", `nothing can be written to ${tmpdir()}: ${systemReason(error)}`, {
      place: "TMPDIR",
      hint: "point TMPDIR at a directory that can be written",
    });
  }
}

function unwritable(path: string, why: string): GateError {
  return new GateError("output-unwritable", `${path} cannot be written: ${why}`, { place: "--output" });
}
