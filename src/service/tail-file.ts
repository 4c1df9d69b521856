import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const most = 64 * 1024;
/** A line of a log that is longer is cut where it is quoted. */
const longestLine = 500;

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours and the like
const escapes = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** The last lines of a file that are not blank, without colours; none where it cannot be read. */
export function lastLinesOf(path: string, count: number): string[] {
  try {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, most));
      readSync(file, bytes, 0, bytes.length, size - bytes.length);
      return plainLines(bytes.toString("utf8")).slice(-count);
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

/** Lines as they may be quoted. */
function plainLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(escapes, "").trimEnd())
    .filter((line) => line.trim() !== "")
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line));
}
