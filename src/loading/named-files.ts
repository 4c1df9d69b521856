import { posix } from "node:path";
import { candidatesFor } from "./resolve-local.ts";

/** Where files are looked for and read: a directory on disk, or a commit. Paths are relative to its root, with `/`. */
export interface FileSource {
  readonly has: (path: string) => boolean;
  /** Null for what cannot be read as text. */
  readonly read: (path: string) => Promise<string | null>;
  /** What an import means beyond relative paths; undefined for a package. */
  readonly resolve?: (specifier: string, importer: string) => string | undefined;
}

/** More files than these belong to no load test. */
const mostFiles = 500;
const source = /\.[cm]?[jt]s$/;
const literal = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`$\\]*)`/g;

/**
 * The files of a load test: its locustfiles, every module they import, and every file that a string in one of them
 * names (`readFileSync("users.csv")`), relative to the module or to the root. Nothing is executed; what a program puts
 * together at run time is not found.
 */
export async function namedFiles(entries: readonly string[], files: FileSource): Promise<string[]> {
  const found = new Set(entries.filter(files.has));
  // A set that grows while it is walked hands out what was added.
  for (const path of found) {
    if (found.size >= mostFiles) break;
    if (!source.test(path)) continue;
    for (const text of literalsOf((await files.read(path)) ?? "")) {
      const named = fileNamed(text, path, files);
      if (named !== undefined) found.add(named);
    }
  }
  return [...found];
}

function literalsOf(text: string): string[] {
  return [...text.matchAll(literal)].flatMap(([, double, single, template]) => {
    const value = double ?? single ?? template ?? "";
    return value === "" || value.length > 300 || value.includes("\\") ? [] : [value];
  });
}

function fileNamed(text: string, importer: string, files: FileSource): string | undefined {
  const beside = inside(posix.join(posix.dirname(importer), text));
  if (/^\.{1,2}(?:\/|$)/.test(text)) return beside && candidatesFor(beside).find(files.has);
  const resolved = files.resolve?.(text, importer);
  if (resolved !== undefined) return resolved;
  return [beside, inside(posix.normalize(text))].find((path) => path !== undefined && files.has(path));
}

/** Undefined for what lies outside, or belongs to a package. */
function inside(path: string): string | undefined {
  return path.startsWith("..") || path.startsWith("/") || path.includes("node_modules/") ? undefined : path;
}
