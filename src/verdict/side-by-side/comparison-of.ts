import { ours, type Sentence, say } from "../../base/sentence.ts";
import { signedPercent } from "../change-text.ts";
import {
  type Comparison,
  type ComparisonOutcome,
  type ConfirmationOutcome,
  type NotJudged,
  withNotes,
} from "../comparison.ts";
import { doubtfulAmong, isHidden, outcomeOf, type Size, sizeOf } from "../outcome.ts";
import { type CompareSettings, percentileOf } from "../settings.ts";
import { detectableErrors, detectableRatio } from "../statistics/detectable.ts";
import { newcombe } from "../statistics/newcombe.ts";
import { relativeInterval } from "../statistics/relative-test.ts";
import { ratioInterval } from "../statistics/score-test.ts";
import type { Confirmation } from "./confirm.ts";
import { nullMargin, type TestResult } from "./decide.ts";

/** Of the normal distribution, 95 % two-sided: what intervals are shown at. */
const z95 = 1.959964;

/** A test as people and documents see it. */
export function comparisonOf(
  test: TestResult,
  {
    alpha: all,
    family = 1,
    settings,
    confirmation,
  }: {
    /** The chance of a false alarm at this look, of all tests together. */
    alpha: number;
    /** How many of them share it. */
    family?: number;
    settings: CompareSettings;
    confirmation: Confirmation | null;
  },
): Comparison {
  const alpha = all / Math.max(1, family);
  const { endpoint, metric, before, after, up, n, tolerance, kept, insufficient } = test;
  const known = Number.isFinite(before) && Number.isFinite(after);
  const size = sizeOfTest(test, settings.minEffectMs);
  const apart: NotJudged | null =
    test.hopeless && test.outcome === "undecided"
      ? "too-few-requests"
      : isHidden({ size, excluded: test.outcome !== "undecided", p: test.insufficient ? null : test.up })
        ? "min-effect"
        : null;
  const happened = confirmationOf(test, confirmation);
  const comparison: Comparison = {
    endpoint,
    metric,
    method: "side-by-side",
    before: known ? before : null,
    after: known ? after : null,
    change: known ? changeOf(test) : null,
    p: insufficient ? null : up,
    n,
    tolerance,
    smallestDetectable:
      metric === "stalls"
        ? null
        : metric === "errors"
          ? detectableErrors({ ...test, alpha })
          : kept && !insufficient
            ? detectableRatio(kept, { ...test, alpha, minEffectMs: settings.minEffectMs, margin: nullMargin })
            : null,
    ...(apart === null
      ? { outcome: finalOutcome(test, { size, alpha, family, confirmation }) }
      : { outcome: "could-not-tell", notJudged: apart }),
    ...(happened && { confirmation: happened }),
    warnings: [],
    explanation: [],
  };
  return withNotes(comparison, { warnings: warningsOf(test, confirmation), explanation: besideOthers(test) });
}

/** What became of it in the second pass, where it looked worse in the first. */
function confirmationOf({ outcome }: TestResult, confirmation: Confirmation | null): ConfirmationOutcome | null {
  if (outcome !== "regressed") return null;
  if (!confirmation) return "missing";
  return confirmation.outcome === "too-little" ? "too-few-requests" : confirmation.outcome;
}

/** What the others said, where it was they who told. */
function besideOthers({ outcome, by, kept, felt, metric }: TestResult): Sentence[] {
  const ratio = percentileOf(metric);
  if (outcome !== "regressed" || by !== "others" || !kept || !felt || ratio === null) return [];
  const { low, estimate, high } = relativeInterval({ windows: kept, felt }, { ratio, upper: 0.025 });
  const [by95, from, to] = [estimate, low, high].map((value) => signedPercent(value - 1));
  return [ours(`compared with the other endpoints in the same seconds: ${by95} (${from} … ${to})`)];
}

function changeOf({ metric, estimate, before, after, n, kept, insufficient }: TestResult): Comparison["change"] {
  if (metric === "stalls") return { estimate, low: null, high: null };
  if (metric === "errors") {
    // Both arms have as many requests but for one or two: half of them each is near enough for an interval.
    const half = Math.max(1, Math.round(n / 2));
    const count = (share: number) => ({ failures: Math.round(share * half), requests: half });
    const { low, high } = newcombe({ before: count(before), after: count(after), z: z95 });
    return { estimate, low, high };
  }
  if (!kept || insufficient) return { estimate: estimate - 1, low: null, high: null };
  const ratio = percentileOf(metric) as number;
  const { low, high } = ratioInterval(kept, { ratio, upper: 0.025, guarded: true });
  return { estimate: estimate - 1, low: low - 1, high: high - 1 };
}

function finalOutcome(
  { outcome, insufficient, up, fewer = 1 }: TestResult,
  {
    size,
    alpha,
    family,
    confirmation,
  }: { size: Size; alpha: number; family: number; confirmation: Confirmation | null },
): ComparisonOutcome {
  if (outcome === "regressed" && confirmation?.outcome !== "agreed") return "inconclusive";
  return outcomeOf({
    proven: { worse: outcome === "regressed", better: outcome === "improved" || fewer <= alpha },
    excluded: outcome === "pass" || outcome === "improved",
    size,
    p: insufficient ? null : up,
    limit: doubtfulAmong(family),
  });
}

/** Where the estimate lies; stalls and errors know no smallest effect of their own. */
function sizeOfTest({ metric, estimate, before, tolerance, material }: TestResult, minEffectMs: number): Size {
  if (metric === "errors" || metric === "stalls") {
    if (material || estimate >= tolerance) return "worse";
    return estimate <= -tolerance ? "better" : "within";
  }
  return Number.isFinite(estimate) ? sizeOf({ estimate: estimate - 1, before, tolerance, minEffectMs }) : "within";
}

function warningsOf(
  { outcome, insufficient, screenedOut, kept }: TestResult,
  confirmation: Confirmation | null,
): Sentence[] {
  const warnings: Sentence[] = [];
  if (insufficient) warnings.push(ours(insufficient));
  if (outcome === "regressed" && !confirmation) warnings.push(say`seen once; no second pass confirmed it`);
  if (confirmation?.outcome === "disagreed")
    warnings.push(ours(`seen once; a second pass did not confirm it (p ${confirmation.p.toPrecision(2)})`));
  if (confirmation?.outcome === "too-little")
    warnings.push(say`seen once; the second pass had too few requests to confirm it`);
  if (screenedOut > 0 && kept) {
    warnings.push(
      say`${screenedOut} of ${screenedOut + kept.windows.length} stretches of time left out: both versions were slow then`,
    );
  }
  return warnings;
}
