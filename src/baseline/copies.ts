import { type Baseline, mergeBaselines, trimmed } from "./baseline.ts";
import type { Loaded } from "./store.ts";

/**
 * How many copies are merged on reading. A writer hands on what it read with its own run added, so one copy carries
 * the history, and the others carry the runs of writers that were busy at the same time.
 */
export const copiesRead = 10;

/**
 * Copies of one baseline, newest first, as one answer. The newest decides whether there is anything to read at all;
 * an older one that cannot be read has nothing the newest does not have, save a run written at the same time.
 */
export function mergeCopies(copies: readonly Loaded[], keep: number): Loaded | undefined {
  const [newest] = copies;
  if (newest?.is !== "found") return newest;
  let baseline: Baseline = newest.baseline;
  for (const copy of copies.slice(1)) if (copy.is === "found") baseline = mergeBaselines(baseline, copy.baseline);
  return { ...newest, baseline: trimmed(baseline, keep) };
}
