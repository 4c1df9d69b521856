import { createHash } from "node:crypto";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { makeDirectory } from "../base/make-directory.ts";
import { readRegularFile } from "../base/regular-file.ts";
import { addRecord, type BaselineRecord, emptyBaseline } from "./baseline.ts";
import { largestBaselineBytes } from "./document.ts";
import type { BaselineStore, Change, Loaded, Saved } from "./store.ts";
import { loadedFrom, nextVersion, refusalOf } from "./stored-text.ts";

const attempts = 200;
/**
 * A claim that old was left by a writer that died between two system calls. One that merely slept so long loses its
 * claim and begins again.
 */
const staleClaimMs = 10_000;

/**
 * A baseline in a file, for a committed or a local one.
 *
 * Writers take no lock. Each claims to be the successor of the version it read: it creates, exclusively, a file named
 * after that version's hash, which the system grants to one writer only, and writes the whole next version into it.
 * Whoever has the claim looks again whether the file is still that version, and renames the claim onto it, which ends
 * the claim in the same instant. The others read again and add their run to what stands there then.
 */
export class FileStore implements BaselineStore {
  readonly kind = "file";
  readonly #path: string;
  readonly #keep: number;
  readonly #clock: Clock;

  /** @param options.path absolute; `keep` runs are kept */
  constructor(options: { readonly path: string; readonly keep: number; readonly clock: Clock }) {
    this.#path = options.path;
    this.#keep = options.keep;
    this.#clock = options.clock;
  }

  async load(name: string): Promise<Loaded> {
    return (await this.#read(name)).loaded;
  }

  save(name: string, record: BaselineRecord): Promise<Saved> {
    return this.change(name, (baseline) => addRecord(baseline, { record, keep: this.#keep }));
  }

  async change(name: string, change: Change): Promise<Saved> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { loaded, text } = await this.#read(name);
      const refusal = refusalOf(loaded);
      if (refusal) return refusal;
      if (loaded.is === "absent" && text !== undefined) {
        const remedy = "give each load test a baseline-path of its own";
        return { is: "unsaved", reason: "other-name", why: loaded.why, remedy };
      }
      const before = loaded.is === "found" ? loaded.baseline : emptyBaseline(name);
      const next = nextVersion(before, change);
      if (next.is === "unsaved") return next;
      try {
        if (await this.#replace(text, next.text)) return { is: "saved", where: this.#path, runs: next.runs };
      } catch (error) {
        const code = errorCode(error);
        if (code === undefined) throw error;
        return { is: "unsaved", reason: isDenied(code) ? "forbidden" : "failed", why: messageOf(error) };
      }
      await this.#clock.sleep(2 + ((attempt * 7) % 23));
    }
    return { is: "unsaved", reason: "conflict", why: `${this.#path} is being written by others without end` };
  }

  async #read(name: string): Promise<{ loaded: Loaded; text: string | undefined }> {
    try {
      const text = readRegularFile(this.#path, { limitBytes: largestBaselineBytes });
      return { loaded: loadedFrom(text, { name, where: this.#path }), text };
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOENT" || code === "ENOTDIR") {
        return { loaded: { is: "absent", why: `there is no ${this.#path} yet` }, text: undefined };
      }
      if (isDenied(code)) {
        const remedy = `let this user read and write ${this.#path}`;
        return { loaded: { is: "forbidden", why: messageOf(error), remedy }, text: undefined };
      }
      return { loaded: { is: "unreadable", why: messageOf(error) }, text: undefined };
    }
  }

  /** Whether `text` has become the successor of the version whose text is `seen`. */
  async #replace(seen: string | undefined, text: string): Promise<boolean> {
    makeDirectory(dirname(this.#path));
    const claim = `${this.#path}.${hashOf(seen ?? "")}.next`;
    try {
      await writeFile(claim, text, { flag: "wx" });
    } catch (error) {
      if (errorCode(error) !== "EEXIST") {
        // On a full disk the claim is there and nothing in it.
        await rm(claim, { force: true }).catch(() => undefined);
        throw error;
      }
      await this.#dropStale(claim);
      return false;
    }
    if ((await this.#text()) !== seen) {
      await rm(claim, { force: true });
      return false;
    }
    try {
      await rename(claim, this.#path);
    } catch (error) {
      // Somebody took a claim of ours for a dead writer's.
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    }
    return true;
  }

  async #text(): Promise<string | undefined> {
    try {
      return readRegularFile(this.#path, { limitBytes: largestBaselineBytes });
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  async #dropStale(claim: string): Promise<void> {
    const made = await stat(claim).catch(() => undefined);
    if (made && this.#clock.now() - made.mtimeMs > staleClaimMs) await rm(claim, { force: true });
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function isDenied(code: string | undefined): boolean {
  return code === "EACCES" || code === "EPERM" || code === "EROFS";
}
