import type { ComparisonOutcome } from "./comparison.ts";
import { newcombe } from "./statistics/newcombe.ts";

/** One-sided. Rarer than this by chance, and what is not proven leaves the run open all the same. */
export const doubtful = 0.05;

/** Of unchanged comparisons so many may look worse by chance and leave a run undecided: one in every second run. */
const mostByChance = 0.5;

/** The same of one comparison among so many that are judged together. */
export function doubtfulAmong(family: number): number {
  return Math.min(doubtful, mostByChance / Math.max(1, family));
}

/** A pass must exclude changes of so many tolerances. */
export const passTolerances = 2;

/**
 * Where the estimate that is shown lies: past the tolerance to one side, within it, or past it by less than the minimum
 * effect, which nobody judges.
 */
export type Size = "worse" | "within" | "better" | "too-small";

/** What is known of one comparison when its time is over. */
export interface Evidence {
  /** The test of its family rejects "no worse" (`worse`) or "no better" (`better`), whatever the size. */
  readonly proven: { readonly worse: boolean; readonly better: boolean };
  /** A change of twice the tolerance, or of the minimum effect if that is more, is excluded. */
  readonly excluded: boolean;
  readonly size: Size;
  /** Whether it looks worse and could be; where this is not given, `size` says so. */
  readonly looksWorse?: boolean | undefined;
  /** One-sided chance of so much worse without any; null where no test was made. */
  readonly p: number | null;
  /** The chance below which what is not proven leaves the run open. */
  readonly limit?: number | undefined;
}

/**
 * Changed and unchanged are both proven; all else could not be told. Where that looks worse than the tolerance, or has a
 * chance below one in twenty, the run is left undecided (`inconclusive`); otherwise it passes (`could-not-tell`).
 * What is shown to be within the tolerance is never a regression, whatever was tested.
 */
export function outcomeOf({
  proven,
  excluded,
  size,
  looksWorse = size === "worse",
  p,
  limit = doubtful,
}: Evidence): ComparisonOutcome {
  if (proven.worse && size === "worse") return "regressed";
  if (proven.better && size === "better") return "improved";
  if (excluded && size === "within") return "unchanged";
  if (size === "too-small") return "could-not-tell";
  return looksWorse || (p !== null && p < limit) ? "inconclusive" : "could-not-tell";
}

/** Of the normal distribution, 95 % one-sided. */
const z90 = 1.644854;

/** Whether so many requests of either side, none of them failed, would exclude that errors rose by `most` (a ratio). */
export function excludesErrors(requests: number, most: number): boolean {
  const none = { failures: 0, requests: Math.max(1, Math.round(requests)) };
  return newcombe({ before: none, after: none, z: z90 }).high < most;
}

/** Whether the minimum effect alone keeps a comparison out of the verdict. */
export function isHidden({ size, excluded, p }: Pick<Evidence, "size" | "excluded" | "p">): boolean {
  return size === "too-small" && (excluded || (p !== null && p < doubtful));
}

/** Of a relative change (0.38 is 38 % more) of a time in milliseconds. */
export function sizeOf({
  estimate,
  before,
  tolerance,
  minEffectMs,
}: {
  estimate: number;
  before: number;
  tolerance: number;
  minEffectMs: number;
}): Size {
  const better = estimate <= 1 / (1 + tolerance) - 1;
  if (estimate < tolerance && !better) return "within";
  if (Math.abs(estimate) * before < minEffectMs) return "too-small";
  return better ? "better" : "worse";
}
