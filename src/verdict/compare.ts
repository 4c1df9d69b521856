import type { Baseline } from "../baseline/baseline.ts";
import type { Waiver } from "../slo/configuration.ts";
import type { RunResult } from "../stats/run-result.ts";
import type { Comparison } from "./comparison.ts";
import { explain } from "./explain.ts";
import { nameRenames } from "./renames.ts";
import type { CompareSettings } from "./settings.ts";
import { judgeSideBySide, type Next } from "./side-by-side/side-by-side.ts";
import { compareWithBaseline } from "./stored/stored-baseline.ts";
import type { Reason } from "./verdict.ts";
import { waive } from "./waivers.ts";

/** What a result is compared with. */
export type Against =
  | { readonly kind: "none" }
  /** Null where no baseline was found. */
  | { readonly kind: "baseline"; readonly baseline: Baseline | null }
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
  const stop: Next = { action: "stop" };
  if (against.kind === "none") return { comparisons: [], findings: [], next: stop };
  if (against.kind === "baseline") {
    const { comparisons, findings } = compareWithBaseline({ result, baseline: against.baseline, settings });
    return { comparisons: finish(comparisons), findings, next: stop };
  }
  const { comparisons, next } = judgeSideBySide({ ...against, blocks: result.blocks, settings });
  return { comparisons: finish(comparisons), findings: [], next };
}
