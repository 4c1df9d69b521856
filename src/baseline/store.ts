import type { Baseline, BaselineRecord } from "./baseline.ts";

/** What a store answers when it is asked for a baseline. Absent is not unreadable: only an absent one is made anew. */
export type Loaded =
  | {
      readonly is: "found";
      readonly baseline: Baseline;
      /** Where it was found, for people: a path, a branch with its commit, a run. */
      readonly where: string;
    }
  | { readonly is: "absent"; readonly why: string }
  | {
      readonly is: "unreadable";
      readonly why: string;
      /** The place that keeps it does not answer: whether there is one is not known. */
      readonly unreachable?: boolean;
    }
  /** Written by a later version; never overwritten. */
  | { readonly is: "newer"; readonly why: string }
  /** There was one, and the place that kept it has let it go. */
  | { readonly is: "expired"; readonly why: string }
  | { readonly is: "forbidden"; readonly why: string; readonly remedy: string };

export type Saved =
  | { readonly is: "saved"; readonly where: string; readonly runs: number }
  | {
      readonly is: "unsaved";
      /** `conflict`: others kept writing; `other-name`: the place belongs to another load test. */
      readonly reason: "conflict" | "unreadable" | "newer" | "forbidden" | "read-only" | "other-name" | "failed";
      readonly why: string;
      readonly remedy?: string;
    };

/** A change of the whole document; called again with what is stored by then if somebody else was faster. */
export type Change = (baseline: Baseline) => Baseline;

/**
 * Where baselines live. A store reads again and repeats a change that met another writer, for adding a record
 * commutes; so nobody has to carry a version about. What cannot be read is never overwritten.
 */
export interface BaselineStore {
  readonly kind: "artifact" | "cache" | "branch" | "file" | "none";
  /** @param name the load test's `name` */
  load(name: string): Promise<Loaded>;
  /** Adds an accepted run; the oldest beyond the store's limit go. */
  save(name: string, record: BaselineRecord): Promise<Saved>;
  /** Housekeeping: pin, invalidate, reset. */
  change(name: string, change: Change): Promise<Saved>;
}

/** A name as part of a path, a key or a branch: the readable part, and a hash where something was lost. */
export function fileNameOf(name: string): string {
  const plain = name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+|[.-]+$/g, "");
  if (plain === name) return name;
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) as number)) | 0;
  return `${plain || "test"}-${(hash >>> 0).toString(36)}`;
}
