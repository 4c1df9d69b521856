import { type Baseline, baselineSchemaVersion } from "./baseline.ts";
import { decodeBaseline, encodeBaseline } from "./document.ts";
import type { Change, Loaded, Saved } from "./store.ts";

/** What a store found as text, as its answer. */
export function loadedFrom(text: string, { name, where }: { readonly name: string; readonly where: string }): Loaded {
  const read = decodeBaseline(text);
  if (read.is === "newer") {
    const why = `${where} has schema version ${read.schema}, newer than this swarmgate reads (${baselineSchemaVersion})`;
    return { is: "newer", why };
  }
  if (read.is === "unreadable") return { is: "unreadable", why: `${where} cannot be read: ${read.why}` };
  if (read.baseline.name !== name) {
    return { is: "absent", why: `${where} holds the baseline of "${read.baseline.name}", not of "${name}"` };
  }
  return { is: "found", baseline: read.baseline, where };
}

/** Why a change may not be written over what was loaded; undefined if it may. */
export function refusalOf(loaded: Loaded): Extract<Saved, { is: "unsaved" }> | undefined {
  if (loaded.is === "unreadable" || loaded.is === "newer") {
    return { is: "unsaved", reason: loaded.is, why: `${loaded.why}; it was left as it is` };
  }
  if (loaded.is !== "forbidden") return undefined;
  return { is: "unsaved", reason: "forbidden", why: loaded.why, remedy: loaded.remedy };
}

/** A document ready to be written. */
export interface Next {
  readonly is: "next";
  readonly text: string;
  readonly runs: number;
}

/**
 * The document after a change, its revision one higher. A text that this program could not read back (a number that
 * JSON does not have, a name beyond the limits) is never written: it would lock the store for every run to come.
 */
export function nextVersion(before: Baseline, change: Change): Next | Extract<Saved, { is: "unsaved" }> {
  const after = { ...change(before), name: before.name, revision: before.revision + 1 };
  const text = encodeBaseline(after);
  const read = decodeBaseline(text);
  if (read.is === "found") return { is: "next", text, runs: after.records.length };
  const why = read.is === "unreadable" ? read.why : "its schema is unknown";
  return { is: "unsaved", reason: "failed", why: `this run cannot be stored: ${why}` };
}
