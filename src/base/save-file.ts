import { lstat, rm, writeFile } from "node:fs/promises";
import { GateError, messageOf } from "./errors.ts";

/**
 * Writes a whole file. Where that cannot be (a full disk, a read-only one) it gives the reason and leaves no part of
 * the file behind, which might be read as the whole; devices and links stay what they are.
 */
export async function saveText(path: string, text: string): Promise<string | null> {
  try {
    await writeFile(path, text);
    return null;
  } catch (error) {
    const there = await lstat(path).catch(() => undefined);
    if (there?.isFile()) await rm(path, { force: true }).catch(() => undefined);
    return systemReason(error);
  }
}

/** `no space left on device (ENOSPC)`: what the system says of a call, without the call and its path. */
export function systemReason(error: unknown): string {
  const message = messageOf(error);
  const [, code, words] = /^(E[A-Z0-9]+): ([^,]+),/.exec(message) ?? [];
  return code === undefined ? message : `${words} (${code})`;
}

const refusals: ReadonlySet<string> = new Set([
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
  "EROFS",
  "EACCES",
  "EPERM",
  "EMFILE",
  "ENFILE",
]);

/** What the machine refused (a full disk, no permission) as an error that says so; anything else as it is. */
export function machineRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GateError) return error;
  const { code = "", path } = error as NodeJS.ErrnoException;
  if (!refusals.has(code)) return error;
  return new GateError("machine-refused", `the machine refused: ${systemReason(error)}`, {
    ...(path !== undefined && { place: path }),
    hint: "free the disk, or make the place writable",
    cause: error,
  });
}
