import { createHash } from "node:crypto";
import { messageOf } from "../base/errors.ts";
import { addRecord, type BaselineRecord, emptyBaseline } from "./baseline.ts";
import { copiesRead, mergeCopies } from "./copies.ts";
import { type BaselineStore, type Change, fileNameOf, type Loaded, type Saved } from "./store.ts";
import { loadedFrom, nextVersion, refusalOf } from "./stored-text.ts";

/** The Actions cache, as far as a baseline needs it. */
export interface CachePort {
  /** Keys that begin so, newest first; `forbidden` where the token may not list them (`actions: read`). */
  readonly list: (prefix: string) => Promise<readonly string[] | "forbidden">;
  /** The entry of exactly this key, or, by prefix, the newest; undefined if there is none. */
  readonly restore: (
    which: { readonly key: string } | { readonly prefix: string },
  ) => Promise<{ readonly key: string; readonly text: string } | undefined>;
  /** `exists`: a key is never written twice. `read-only`: this event may not write to the cache. */
  readonly save: (key: string, text: string) => Promise<"saved" | "exists" | "read-only">;
}

/**
 * A baseline in the Actions cache. Entries cannot be changed, so each run stores a new one that carries what it read
 * with its own run added; reading merges the newest. GitHub drops entries that nobody read for seven days, and nobody
 * can tell one that was dropped from one that never was.
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
      const copies = await this.#copies(name);
      return (
        mergeCopies(copies, this.#keep) ?? {
          is: "absent",
          why: "the cache holds no baseline: none was stored, or it went unread for 7 days",
        }
      );
    } catch (error) {
      return { is: "unreadable", why: `the cache cannot be read: ${messageOf(error)}` };
    }
  }

  save(name: string, record: BaselineRecord): Promise<Saved> {
    return this.change(name, (baseline) => addRecord(baseline, { record, keep: this.#keep }));
  }

  async change(name: string, change: Change): Promise<Saved> {
    const loaded = await this.load(name);
    const refusal = refusalOf(loaded);
    if (refusal) return refusal;
    const before = loaded.is === "found" ? loaded.baseline : emptyBaseline(name);
    const next = nextVersion(before, change);
    if (next.is === "unsaved") return next;
    const key = `${prefixOf(name)}${createHash("sha256").update(next.text).digest("hex").slice(0, 16)}`;
    try {
      if ((await this.#port.save(key, next.text)) === "read-only") {
        const why = "this event may only read the cache";
        return {
          is: "unsaved",
          reason: "read-only",
          why,
          remedy: "store baselines on push, schedule or workflow_dispatch",
        };
      }
    } catch (error) {
      return { is: "unsaved", reason: "failed", why: `the cache was not written: ${messageOf(error)}` };
    }
    // A key that exists is this very text.
    return { is: "saved", where: `cache ${key}`, runs: next.runs };
  }

  async #copies(name: string): Promise<Loaded[]> {
    const prefix = prefixOf(name);
    const keys = await this.#port.list(prefix);
    const wanted = keys === "forbidden" ? [{ prefix }] : keys.slice(0, copiesRead).map((key) => ({ key }));
    const copies: Loaded[] = [];
    for (const which of wanted) {
      const entry = await this.#port.restore(which);
      if (entry) copies.push(loadedFrom(entry.text, { name, where: `cache ${entry.key}` }));
    }
    return copies;
  }
}

/** Ends in a slash, so that the name `api` is no beginning of `api-2`. */
function prefixOf(name: string): string {
  return `swarmgate-baseline/${fileNameOf(name)}/`;
}
