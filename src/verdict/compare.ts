import { type Sentence, say } from "../base/sentence.ts";
import type { Baseline, BaselineRecord } from "../baseline/baseline.ts";
import type { LeftOut } from "../baseline/usable.ts";
import type { Waiver } from "../slo/configuration.ts";
import type { RunResult } from "../stats/run-result.ts";
import type { Comparison } from "./comparison.ts";
import { explain } from "./explain.ts";
import { messageOf, reason } from "./reasons.ts";
import { nameRenames } from "./renames.ts";
import type { CompareSettings } from "./settings.ts";
import { judgeSideBySide, type Next } from "./side-by-side/side-by-side.ts";
import { compareWithBaseline, type StoredComparison } from "./stored/stored-baseline.ts";
import { ratesStored, throughputComparison } from "./throughput-test.ts";
import type { Reason } from "./verdict.ts";
import { waive } from "./waivers.ts";

/** What a result is compared with. */
export type Against =
  | { readonly kind: "none" }
  /** Null where no baseline was found, with the reason if it is known. */
  | { readonly kind: "baseline"; readonly baseline: Baseline | null; readonly whyNot?: string | null }
  | {
      readonly kind: "side-by-side";
      readonly runTimeMs: number;
      readonly maxDurationMs: number;
      /** Nothing more will be measured. */
      readonly over: boolean;
    };

export interface Compared {
  readonly comparisons: readonly Comparison[];
  /** For `judge`: why nothing was compared. */
  readonly findings: readonly Reason[];
  /** The stored runs it was compared with, oldest first. */
  readonly history: readonly BaselineRecord[];
  /** Why there was no stored run to compare with; null where there was one, or none was wanted. */
  readonly whyNot: string | null;
  /** Set where stored runs were found and none is comparable. */
  readonly incomparable: LeftOut | null;
  /** What is odd about the stored runs. */
  readonly notes: readonly Sentence[];
  /** Side by side only; the others always stop. */
  readonly next: Next;
}

/** Compares a result in whichever way was asked, explains what got slower, and marks what is waived. */
export function compare({
  result,
  against,
  settings,
  waivers,
  today,
}: {
  result: RunResult;
  against: Against;
  settings: CompareSettings;
  waivers: readonly Waiver[];
  /** `2026-12-24`, in UTC. */
  today: string;
}): Compared {
  const finish = (comparisons: readonly Comparison[]) => {
    const requests = result.summary.totals.find(({ arm }) => arm === "head")?.requests ?? 0;
    return waive(explain(nameRenames(comparisons, requests), result), { waivers, today });
  };
  const nothing: Compared = {
    comparisons: [],
    findings: [],
    history: [],
    whyNot: null,
    incomparable: null,
    notes: [],
    next: { action: "stop" },
  };
  if (against.kind === "none") return nothing;
  if (against.kind === "baseline") {
    const { comparisons, findings, usable } = compareWithBaseline({ result, settings, ...against });
    return {
      ...nothing,
      comparisons: finish([...comparisons, ...throughputStored(result, { settings, comparisons, usable })]),
      findings,
      history: usable?.records ?? [],
      whyNot: against.whyNot ?? usable?.incomparable?.message ?? null,
      incomparable: usable?.incomparable?.why ?? null,
      notes: usable?.warnings ?? [],
    };
  }
  const { comparisons, next } = judgeSideBySide({ ...against, blocks: result.blocks, settings });
  return { ...nothing, comparisons: finish(comparisons), findings: unconfirmed(result), next };
}

/** Judged where `regression.metrics` names it, and where anything was compared. */
function throughputStored(
  { blocks }: RunResult,
  { settings, comparisons, usable }: { settings: CompareSettings } & Pick<StoredComparison, "comparisons" | "usable">,
): Comparison[] {
  if (!settings.metrics.includes("throughput") || comparisons.length === 0) return [];
  const rates = ratesStored(blocks, usable?.records ?? []);
  return rates ? [throughputComparison(rates, { settings, method: "baseline" })] : [];
}

/** A second pass that could not be judged: what the first one saw stays open, and this is why. */
function unconfirmed({ warnings }: RunResult): Reason[] {
  return warnings
    .filter(({ code }) => code === "confirmation")
    .map((found) => reason("inconclusive", messageOf(found), say`Run it again.`));
}
