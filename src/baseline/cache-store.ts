import { createHash } from "node:crypto";
import { messageOf } from "../base/errors.ts";
import { addRecord, type BaselineRecord, emptyBaseline } from "./baseline.ts";
import { copiesRead, mergeCopies } from "./copies.ts";
import { TooLarge } from "./github-port.ts";
import { type BaselineStore, type Change, fileNameOf, type Loaded, type Saved } from "./store.ts";
import { loadedFrom, nextVersion, refusalOf } from "./stored-text.ts";

/** Why an entry may not be read, for people. */
export interface Denied {
  readonly denied: string;
}

/** The Actions cache, as far as a baseline needs it. */
export interface CachePort {
  /**
   * Keys of the default branch that begin so, newest first; `unlisted` where nobody says (`actions: read` is not
   * granted, or the platform has no list).
   */
  readonly list: (prefix: string) => Promise<readonly string[] | "unlisted" | Denied>;
  /** The entry of exactly this key, or, by prefix, the newest that this run may see; undefined if there is none. */
  readonly restore: (
    which: { readonly key: string } | { readonly prefix: string },
  ) => Promise<{ readonly key: string; readonly text: string } | Denied | undefined>;
  /** `exists`: a key is never written twice. `read-only`: this event may not write to the cache. */
  readonly save: (key: string, text: string) => Promise<"saved" | "exists" | "read-only">;
}

/**
 * A baseline in the Actions cache. Entries cannot be changed, so each run stores a new one that carries what it read
 * with its own run added; reading merges the newest. GitHub drops entries that nobody read for seven days; one that was
 * listed a moment ago and is gone has expired, one that is not even listed cannot be told from one that never was.
 *
 * A key ends in the hash of its text. A pull request may write entries of its own, which its own runs would be given
 * first; but not another text under a key of the default branch's.
 */
export class CacheStore implements BaselineStore {
  readonly kind = "cache";
  readonly #port: CachePort;
  readonly #keep: number;

  constructor(options: { readonly port: CachePort; readonly keep: number }) {
    this.#port = options.port;
    this.#keep = options.keep;
  }

  async load(name: string): Promise<Loaded> {
    try {
      return await this.#load(name);
    } catch (error) {
      // What an entry holds is judged where it is read: this is the service.
      const unreachable = !(error instanceof TooLarge);
      return { is: "unreadable", why: `the cache cannot be read: ${messageOf(error)}`, unreachable };
    }
  }

  save(name: string, record: BaselineRecord): Promise<Saved> {
    return this.change(name, (baseline) => addRecord(baseline, { record, keep: this.#keep }));
  }

  async change(name: string, change: Change): Promise<Saved> {
    const loaded = await this.load(name);
    const refusal = refusalOf(loaded);
    if (refusal) return { ...refusal, remedy: refusal.remedy ?? "delete that cache to begin anew" };
    const before = loaded.is === "found" ? loaded.baseline : emptyBaseline(name);
    const next = nextVersion(before, change);
    if (next.is === "unsaved") return next;
    const key = keyOf(name, next.text);
    try {
      const outcome = await this.#port.save(key, next.text);
      if (outcome === "exists" && !(await this.#holds(key))) {
        throw new Error(`somebody reserved ${key} and did not finish`);
      }
      if (outcome === "read-only") {
        const why = "this run may only read the default branch's caches";
        const remedy = "store baselines on push, schedule or workflow_dispatch of the default branch";
        return { is: "unsaved", reason: "read-only", why, remedy };
      }
    } catch (error) {
      return { is: "unsaved", reason: "failed", why: `the cache was not written: ${messageOf(error)}` };
    }
    return { is: "saved", where: `cache ${key}`, runs: next.runs };
  }

  /** A key that exists is this very text, once its upload is over; one whose answer got lost may not be. */
  async #holds(key: string): Promise<boolean> {
    const entry = await this.#port.restore({ key });
    return entry !== undefined && "text" in entry;
  }

  async #load(name: string): Promise<Loaded> {
    const prefix = prefixOf(name);
    const keys = await this.#port.list(prefix);
    if (typeof keys === "object" && "denied" in keys) return forbidden(keys);
    const wanted = keys === "unlisted" ? [{ prefix }] : keys.slice(0, copiesRead).map((key) => ({ key }));
    const copies: Loaded[] = [];
    for (const which of wanted) {
      const entry = await this.#port.restore(which);
      if (entry === undefined) continue;
      if ("denied" in entry) return forbidden(entry);
      copies.push(copyOf(name, entry));
    }
    const merged = mergeCopies(copies, this.#keep);
    if (merged) return merged;
    if (keys !== "unlisted" && keys.length > 0) {
      const why = "the cache has let go of the baseline's entries; the next run of the default branch stores a new one";
      return { is: "expired", why };
    }
    return { is: "absent", why: "the cache holds no baseline: none was stored, or it went unread for 7 days" };
  }
}

function copyOf(name: string, { key, text }: { readonly key: string; readonly text: string }): Loaded {
  const where = `cache ${key}`;
  if (key !== keyOf(name, text)) {
    return { is: "unreadable", why: `${where} cannot be read: it is not what was saved under that key` };
  }
  return loadedFrom(text, { name, where });
}

function forbidden({ denied }: Denied): Loaded {
  const remedy = "set baseline-store: artifact, or branch";
  return { is: "forbidden", why: `the cache cannot be read: ${denied}`, remedy };
}

/** Ends in a slash, so that the name `api` is no beginning of `api-2`. */
function prefixOf(name: string): string {
  return `swarmgate-baseline/${fileNameOf(name)}/`;
}

function keyOf(name: string, text: string): string {
  return `${prefixOf(name)}${createHash("sha256").update(text).digest("hex")}`;
}
