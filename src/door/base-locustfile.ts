import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { GateError } from "../base/errors.ts";
import { adviceFor } from "../github/api/api-advice.ts";
import type { CommitFiles } from "../github/files/commit-files.ts";
import { defaultLocustfiles } from "../loading/locustfile-find.ts";
import { namedFiles } from "../loading/named-files.ts";
import type { BaseSide } from "./base-side.ts";

/** Files of the locustfile's own folder that are taken along, for those it finds by listing it. */
const mostBeside = 100;

/**
 * Puts the base's load test (`locustfile-ref: base`) into a folder of its own: the locustfiles, what they import and
 * name, what else lies in their folder, and the settings of packages and TypeScript above them. Installed packages are
 * the checkout's. Throws `locustfile-base-unreadable` or `locustfile-missing`.
 */
export async function placeBaseLocustfile({
  base,
  locustfile,
  directory,
  into,
}: {
  readonly base: BaseSide | null;
  /** As the settings name it; empty for the default one. */
  readonly locustfile: readonly string[];
  /** The checkout. */
  readonly directory: string;
  /** Of ours; made. */
  readonly into: string;
}): Promise<void> {
  try {
    if (!base) throw new Error("there is no github-token to read it with");
    const paths = await filesOfBase(base.files, locustfile);
    if (paths === null) throw missing(base, locustfile);
    for (const path of paths) await place(base.files, path, into);
    await linkPackages(paths, { directory, into });
  } catch (error) {
    if (error instanceof GateError) throw error;
    const what = `read the locustfile of the base commit${base ? ` ${base.sha.slice(0, 7)}` : ""}`;
    const why = adviceFor(error, { what, permission: "contents: read" });
    throw new GateError("locustfile-base-unreadable", why, { place: "locustfile-ref" });
  }
}

/** Null where the base has no such locustfile. */
async function filesOfBase(files: CommitFiles, locustfile: readonly string[]): Promise<Set<string> | null> {
  const blobs = await files.blobs();
  const entries: string[] = [];
  for (const path of locustfile.length > 0 ? locustfile : defaultLocustfiles) {
    const plain = posix.normalize(path.replaceAll("\\", "/")).replace(/^\.\/|\/$/g, "");
    const within = [...blobs.keys()].filter((name) => plain === "." || name.startsWith(`${plain}/`));
    // A file that the listing does not have may still be there: it is cut off in large repositories.
    if (within.length === 0 && !blobs.has(plain) && (await files.text(plain)) === undefined) {
      if (locustfile.length > 0) return null;
      continue;
    }
    entries.push(...(within.length > 0 ? within : [plain]));
    if (locustfile.length === 0) break;
  }
  if (entries.length === 0) return null;
  const asked = new Set(entries);
  const named = await namedFiles(entries, {
    has: (path) => blobs.has(path) || asked.has(path),
    read: async (path) => (await files.text(path)) ?? null,
  });
  return new Set([...named, ...besides(entries, blobs), ...settingsAbove(named, blobs)]);
}

function besides(entries: readonly string[], blobs: ReadonlyMap<string, string>): string[] {
  const folders = new Set(entries.map((path) => posix.dirname(path)).filter((folder) => folder !== "."));
  const all = [...blobs.keys()].filter((path) => [...folders].some((folder) => path.startsWith(`${folder}/`)));
  return all.length > mostBeside ? [] : all;
}

/** `package.json` says what kind of modules these are, `tsconfig.json` what their imports mean. */
function settingsAbove(paths: readonly string[], blobs: ReadonlyMap<string, string>): string[] {
  return foldersAbove(paths).flatMap((folder) =>
    ["package.json", "tsconfig.json"].map((name) => posix.join(folder, name)).filter((path) => blobs.has(path)),
  );
}

function foldersAbove(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = posix.dirname(path); ; at = posix.dirname(at)) {
      folders.add(at);
      if (at === ".") break;
    }
  }
  return [...folders];
}

async function place(files: CommitFiles, path: string, into: string): Promise<void> {
  const bytes = await files.bytes(path);
  if (bytes === undefined) return;
  const at = join(into, path);
  await mkdir(dirname(at), { recursive: true });
  await writeFile(at, bytes);
}

async function linkPackages(
  paths: Iterable<string>,
  { directory, into }: { readonly directory: string; readonly into: string },
): Promise<void> {
  for (const folder of foldersAbove(paths)) {
    const installed = join(directory, folder, "node_modules");
    const linked = join(into, folder, "node_modules");
    // A repository that holds its packages has brought the base's.
    if (!existsSync(installed) || existsSync(linked)) continue;
    await mkdir(join(into, folder), { recursive: true });
    await symlink(installed, linked, "junction");
  }
}

function missing(base: BaseSide, locustfile: readonly string[]): GateError {
  const what = locustfile.length > 0 ? locustfile.join(", ") : "locustfile (locustfile.ts and the like)";
  return new GateError(
    "locustfile-missing",
    `the base commit ${base.sha.slice(0, 7)} has no ${what}, and locustfile-ref: base runs no other`,
    {
      place: "locustfile-ref",
      hint: "merge the locustfile first, or set locustfile-ref: head where only people you trust open pull requests",
    },
  );
}
