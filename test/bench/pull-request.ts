import type { Arm } from "../../src/stats/endpoint.ts";
import { type CompareSettings, defaultCompareSettings } from "../../src/verdict/settings.ts";
import { comparisonOf } from "../../src/verdict/side-by-side/comparison-of.ts";
import { confirm } from "../../src/verdict/side-by-side/confirm.ts";
import type { TestResult } from "../../src/verdict/side-by-side/decide.ts";
import type { Cell, Series } from "../../src/verdict/side-by-side/series.ts";
import { lookAt, lookLimit, type TakenLook } from "../../src/verdict/side-by-side/side-by-side.ts";
import { cutWindows } from "../../src/verdict/side-by-side/window.ts";
import { planLooks } from "../../src/verdict/statistics/looks.ts";

/** A target that can be measured for longer, both versions of it. */
export interface Simulated {
  readonly series: (Series & Record<Arm, Cell[]>)[];
  /** Of half a second, measured so far. */
  readonly blocks: number;
  extendTo(ms: number): void;
}

/** How one pull request ended. */
export interface End {
  /** `open`: it passes, and the heading says how many comparisons could not be told. */
  readonly outcome: "regressed" | "pass" | "open" | "undecided";
  readonly seconds: number;
  readonly named: readonly TestResult[];
}

export interface Asked {
  readonly settings?: CompareSettings;
  /** The arms have turns of a second. */
  readonly turns?: boolean;
}

/** A rule that a pull request is judged by. */
export type Rule = (simulation: Simulated, asked?: Asked) => End;

/** Looks at 30 s and on to 240 s, no confirmation: to be comparable with the literature. */
export const byReference: Rule = (simulation, { settings = defaultCompareSettings, turns = false } = {}) => {
  const last = looked(simulation, { settings, fromMs: 30_000, limitMs: 240_000, turns });
  return endOf(last, settings);
};

/** As the action runs it: run time 60 s, at most four minutes, confirmed before it is red. */
export const asShipped: Rule = (simulation, { settings = defaultCompareSettings, turns = false } = {}) => {
  const budget = { runTimeMs: 60_000, maxDurationMs: 240_000 };
  const last = looked(simulation, { settings, fromMs: budget.runTimeMs, limitMs: lookLimit(budget), turns });
  const end = endOf(last, settings);
  if (end.outcome !== "regressed") return end;
  const forMs = Math.min(budget.maxDurationMs - last.atMs, Math.max(60_000, last.atMs));
  const from = simulation.blocks;
  simulation.extendTo(last.atMs + forMs);
  const second = simulation.series.map(
    ({ endpoint, base, head }): Series => ({ endpoint, base: base.slice(from), head: head.slice(from) }),
  );
  const agreed = confirm(end.named, cutWindows(second, simulation.blocks - from));
  const named = end.named.filter((_, i) => agreed[i]?.outcome === "agreed");
  const seconds = (last.atMs + forMs) / 1000;
  return { outcome: named.length > 0 ? "regressed" : "undecided", seconds, named };
};

function looked(
  simulation: Simulated,
  { settings, fromMs, limitMs, turns }: { settings: CompareSettings; fromMs: number; limitMs: number; turns: boolean },
): TakenLook {
  let last: TakenLook | undefined;
  const pairing = turns ? { lead: 0 } : null;
  for (const look of planLooks({ fromMs, limitMs, alpha: 1 - settings.confidence })) {
    simulation.extendTo(look.atMs);
    last = lookAt({ ...look, series: simulation.series, settings, limitMs, pairing, before: last });
    if (last.decision.outcome !== "undecided") break;
  }
  if (!last) throw new Error("there is at least one look");
  return last;
}

function endOf({ decision, atMs, alpha }: TakenLook, settings: CompareSettings): End {
  const named = decision.tests.filter(({ outcome }) => outcome === "regressed");
  const asked = { alpha, family: decision.family, settings, confirmation: null };
  const isOpen = () => decision.tests.every((test) => comparisonOf(test, asked).outcome !== "inconclusive");
  const outcome =
    decision.outcome === "regressed"
      ? "regressed"
      : decision.outcome !== "undecided"
        ? "pass"
        : isOpen()
          ? "open"
          : "undecided";
  return { outcome, seconds: atMs / 1000, named };
}
