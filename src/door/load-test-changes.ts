import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf } from "../base/errors.ts";
import { regularFileBytes } from "../base/regular-file.ts";
import type { GateChange } from "../config/gate-config.ts";
import type { BaseSide } from "./base-side.ts";
import { filesOfLoadTest, pathInRepository } from "./workspace-files.ts";

/** Single files are asked for only where the listing shows a difference; nobody reads about more than these. */
const mostAsked = 50;
const largestCompared = 64 * 1024 * 1024;

/**
 * What a pull request changes in the files of its load test, and in the workflow that runs it: each is another thing
 * that is measured, whatever stands in it.
 */
export async function loadTestChanges({
  base,
  locustfile,
  workflow,
  directory,
}: {
  readonly base: BaseSide;
  /** As the settings name it; null where none is run. */
  readonly locustfile: readonly string[] | null;
  /** Path of the workflow's file in the repository; null where it is not known or another repository's. */
  readonly workflow: string | null;
  readonly directory: string;
}): Promise<GateChange[]> {
  const files = locustfile === null ? [] : await filesOfLoadTest(locustfile, directory);
  const named = [
    ...files.map((path) => ({ setting: "locustfile", path })),
    ...(workflow === null ? [] : [{ setting: "workflow", path: workflow }]),
  ];
  const changes: GateChange[] = [];
  for (const { setting, path } of named) {
    if (changes.length >= mostAsked) break;
    const after = await changeOf(path, { base, directory });
    if (after !== null) changes.push({ kind: "measured", setting, before: null, after });
  }
  return changes;
}

async function changeOf(
  path: string,
  { base, directory }: { readonly base: BaseSide; readonly directory: string },
): Promise<string | null> {
  const there = pathInRepository(path, { directory, repository: base.repository });
  if (there === null) return null;
  const absolute = resolve(directory, path);
  if (!existsSync(absolute)) return null;
  let bytes: Buffer;
  try {
    bytes = regularFileBytes(absolute, { limitBytes: largestCompared });
  } catch (error) {
    return `${there} cannot be compared: ${messageOf(error)}`;
  }
  const known = (await base.files.blobs()).get(there);
  if (known === gitHash(bytes)) return null;
  try {
    if (await base.hasText(there, bytes.toString("utf8"))) return null;
    const before = await base.files.text(there);
    if (before === undefined) return `${there} is new`;
    if (largeFile(before) === sha256(bytes)) return null;
  } catch (error) {
    // Too large to be read as text: the listing knows that it is another.
    if (known === undefined) throw error;
  }
  return `${there} is changed`;
}

/** As git names a file's content. */
function gitHash(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Git LFS keeps a pointer in the repository; in the checkout the file itself stands. */
function largeFile(text: string): string | undefined {
  return /^version https:\/\/git-lfs[^\n]*\noid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
