import { existsSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findLocustfiles } from "../loading/locustfile-find.ts";
import { type FileSource, namedFiles } from "../loading/named-files.ts";
import { LocalResolver } from "../loading/resolve-local.ts";

/** Larger is no module, and its text is not searched for names. */
const longestSource = 2_097_152;

/** The checked-out files that make up a load test, relative to `directory`; none where there is no locustfile. */
export async function filesOfLoadTest(locustfile: readonly string[], directory: string): Promise<string[]> {
  let entries: string[];
  try {
    entries = findLocustfiles(locustfile, { cwd: directory });
  } catch {
    // Whoever runs it reports that it is missing.
    return [];
  }
  const resolver = new LocalResolver();
  const inDirectory = (path: string) => relative(directory, path).split(sep).join("/");
  const isFile = (path: string) => statSync(resolve(directory, path), { throwIfNoEntry: false })?.isFile() ?? false;
  const files: FileSource = {
    has: isFile,
    read: (path) => textOf(resolve(directory, path)),
    resolve(specifier, importer) {
      const url = resolver.resolve(specifier, pathToFileURL(resolve(directory, importer)).href);
      if (url === undefined) return undefined;
      const path = inDirectory(fileURLToPath(url));
      return path.startsWith("..") || path.includes("node_modules/") ? undefined : path;
    },
  };
  return await namedFiles(entries.map(inDirectory), files);
}

async function textOf(path: string): Promise<string | null> {
  const { size } = statSync(path);
  return size > longestSource ? null : await readFile(path, "utf8").catch(() => null);
}

/**
 * Where a checked-out file stands in its repository; null where that is another repository than `owner/name`, as of
 * load tests that are checked out beside what they test. Without a `.git` the directory counts as the root.
 */
export function pathInRepository(
  path: string,
  { directory, repository }: { readonly directory: string; readonly repository: string },
): string | null {
  const absolute = resolve(directory, path);
  for (let at = dirname(absolute); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) {
      return isOf(at, repository) ? relative(at, absolute).split(sep).join("/") : null;
    }
    if (at === dirname(at) || at === directory) break;
  }
  return relative(directory, absolute).split(sep).join("/");
}

/** Git names the remote in its own file; a worktree's `.git` is a file, and is believed. */
function isOf(root: string, repository: string): boolean {
  try {
    const text = readFileSync(join(root, ".git", "config"), "utf8").toLowerCase();
    return !/^\s*url\s*=/m.test(text) || text.includes(repository.toLowerCase());
  } catch {
    return true;
  }
}
