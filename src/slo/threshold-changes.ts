import { printMetric } from "./threshold/metric.ts";
import { printThreshold, type Threshold } from "./threshold/threshold.ts";

/** What a pull request did to one promise. */
export interface ThresholdChange {
  readonly kind: "loosened" | "tightened" | "added" | "removed";
  /** The promise as it was, in canonical spelling; null for a new one. */
  readonly before: string | null;
  readonly after: string | null;
  /** Where it stands, or stood. */
  readonly place: string | null;
}

/**
 * What changed between two sets of promises. A promise that is stricter in one respect and laxer in another counts as
 * loosened: what lets more through must be seen.
 */
export function thresholdsChanged(before: readonly Threshold[], after: readonly Threshold[]): ThresholdChange[] {
  const left = new Set(before);
  const right = new Set(after);
  const changes: ThresholdChange[] = [];
  // Like is paired with like first: the same promise, then one of the same tier, then any about the same thing.
  for (const isPair of [isSame, isSameTier, isSameSubject]) {
    for (const now of right) {
      const was = [...left].find((candidate) => isSameSubject(candidate, now) && isPair(candidate, now));
      if (!was) continue;
      left.delete(was);
      right.delete(now);
      const kind = direction(was, now);
      if (kind) changes.push({ kind, before: printThreshold(was), after: printThreshold(now), place: now.place });
    }
  }
  for (const was of left) changes.push({ kind: "removed", before: printThreshold(was), after: null, place: was.place });
  for (const now of right) changes.push({ kind: "added", before: null, after: printThreshold(now), place: now.place });
  const order = ["removed", "loosened", "tightened", "added"];
  return changes.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function isSame(a: Threshold, b: Threshold): boolean {
  return printThreshold(a) === printThreshold(b);
}

function isSameTier(a: Threshold, b: Threshold): boolean {
  return a.tier === b.tier;
}

/** The same metric of the same endpoints, bounded on the same side. */
function isSameSubject(a: Threshold, b: Threshold): boolean {
  return printMetric(a.metric) === printMetric(b.metric) && a.of === b.of && side(a) === side(b);
}

function side({ operator }: Threshold): string {
  return operator.slice(0, 1);
}

function direction(was: Threshold, now: Threshold): "loosened" | "tightened" | undefined {
  const steps = [
    bound(now) - bound(was),
    strictness(was) - strictness(now),
    Number(now.optional) - Number(was.optional),
    Number(now.tier === "warn") - Number(was.tier === "warn"),
    now.afterMs - was.afterMs,
    (now.everyMs ?? Number.MAX_VALUE) - (was.everyMs ?? Number.MAX_VALUE),
    ...exceptions(was, now),
  ];
  if (steps.some((step) => step > 0)) return "loosened";
  return steps.some((step) => step < 0) ? "tightened" : undefined;
}

/** Larger lets more through. For == and != any change of the value counts as letting other things through. */
function bound({ operator, value }: Threshold): number {
  return operator.startsWith(">") ? -value : value;
}

/** `<` is stricter than `<=` at the same limit. */
function strictness({ operator }: Threshold): number {
  return operator === "<" || operator === ">" ? 1 : 0;
}

/** An endpoint taken by an earlier entry is no longer held to this one. */
function exceptions(was: Threshold, now: Threshold): number[] {
  const more = now.except.some((glob) => !was.except.includes(glob));
  const fewer = was.except.some((glob) => !now.except.includes(glob));
  return [Number(more) - (more ? 0 : Number(fewer))];
}
