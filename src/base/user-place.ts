import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A point in somebody's source. Lines and columns count from 1. */
export interface Place {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The first frame of a stack that stands in the user's own files: not in Node, not in a package, not in the engine.
 * Stacks are read as V8 prints them, source maps applied if they were switched on.
 * @param isUserFile tells by absolute path; default {@link isUserFile}
 */
export function userPlace(stack: string | undefined, isOwn: (file: string) => boolean = isUserFile): Place | undefined {
  for (const line of (stack ?? "").split("\n")) {
    const place = parseFrame(line);
    if (place && isOwn(place.file)) return place;
  }
  return undefined;
}

/** `file:line:column`, the file relative to `root` where it lies below it. */
export function formatPlace(place: Place, root?: string): string {
  return `${shownPath(place.file, root)}:${place.line}:${place.column}`;
}

/** The path as a user would write it from `root`; absolute where it lies elsewhere. */
export function shownPath(file: string, root?: string): string {
  if (root === undefined) return file;
  const inside = relative(root, file);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? file : inside;
}

/** Whether a file is neither a package's nor the engine's. */
export function isUserFile(file: string): boolean {
  return !file.includes(`${sep}node_modules${sep}`) && !file.startsWith(engineFolder);
}

/** `src/` when run from source, `dist/` when built (this file is then part of a chunk, in `dist/` or `dist/chunks/`). */
const engineFolder = fileURLToPath(
  new URL(/\/(?:base|chunks)\/[^/]*$/.test(import.meta.url) ? ".." : ".", import.meta.url),
);

function parseFrame(line: string): Place | undefined {
  const frame = /^\s*at (?:async )?(.*)$/.exec(line)?.[1];
  if (frame === undefined) return undefined;
  const open = frame.endsWith(")") ? frame.indexOf(" (") : -1;
  const spot = open < 0 ? frame : frame.slice(open + 2, -1);
  const match = /^(.*):(\d+):(\d+)$/.exec(spot);
  if (!match) return undefined;
  const [, where = "", row, column] = match;
  const file = where.startsWith("file:") ? pathOf(where) : where;
  return file !== undefined && isAbsolute(file) ? { file, line: Number(row), column: Number(column) } : undefined;
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
