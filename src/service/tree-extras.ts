import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type GitSettings, git } from "./git.ts";

/** What belongs to a checkout and is no part of its commit. */
export interface TreeExtras {
  readonly submodules: "none" | "flat" | "recursive";
  /** Where the checkout keeps its large files (Git LFS); null where it has none. */
  readonly largeFiles: string | null;
  /** For git, so that it fetches large files where the checkout has them, and only there. */
  readonly environment: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
}

const lfsPointer = "version https://git-lfs";

/** How the user's checkout was made: the base's is made alike. */
export async function sameExtras({
  top,
  settings,
}: {
  readonly top: string;
  readonly settings: GitSettings;
}): Promise<TreeExtras> {
  const at = { directory: top, settings };
  const status = await git(["submodule", "status", "--recursive"], at).catch(() => "");
  const initialised = status.split("\n").filter((line) => line !== "" && !line.startsWith("-"));
  const nested = new Set(initialised.map((line) => line.trim().split(/\s+/)[1] ?? ""));
  const isDeep = [...nested].some((path) => [...nested].some((other) => path.startsWith(`${other}/`)));
  const large = await largeFile(at);
  const hasPointer = large !== null && isPointer(join(top, large));
  const lfsStore = (await git(["rev-parse", "--path-format=absolute", "--git-path", "lfs"], at).catch(() => "")).trim();
  return {
    submodules: initialised.length === 0 ? "none" : isDeep ? "recursive" : "flat",
    largeFiles: large === null || hasPointer || lfsStore === "" ? null : lfsStore,
    environment: large === null || hasPointer ? { GIT_LFS_SKIP_SMUDGE: "1" } : {},
    notices: hasPointer ? ["large files (Git LFS) are pointers in both versions, as the checkout has them"] : [],
  };
}

/** The first file that Git LFS keeps, by the attributes; null where there is none. */
async function largeFile(at: { readonly directory: string; readonly settings: GitSettings }): Promise<string | null> {
  const listing = await git(["ls-files", "-z", ":(attr:filter=lfs)"], at).catch(() => "");
  return listing.split("\0")[0] || null;
}

function isPointer(path: string): boolean {
  const bytes = Buffer.alloc(lfsPointer.length);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, bytes, 0, bytes.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  return bytes.toString("latin1") === lfsPointer;
}
