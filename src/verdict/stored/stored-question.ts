import { ours, type Pieces, say } from "../../base/sentence.ts";
import { signedPercent } from "../change-text.ts";
import type { Comparison, ComparisonMetric } from "../comparison.ts";
import { doubtful, excludesErrors, passTolerances, type Size, sizeOf } from "../outcome.ts";
import { type CompareSettings, toleranceOf } from "../settings.ts";
import { detectableErrors } from "../statistics/detectable.ts";
import type { Proportion } from "../statistics/fisher.ts";
import type { Level } from "../statistics/level.ts";
import { newcombe } from "../statistics/newcombe.ts";
import { detectable, type Prediction, type Prior, predict } from "../statistics/prediction.ts";
import { tQuantile } from "../statistics/student-t.ts";
import type { PastEndpoint, PastRun } from "./history.ts";
import type { PastRow } from "./past-table.ts";
import { storedErrors } from "./stored-errors.ts";

/** Before any run was seen, runs are taken to differ by 10 %, and that belief is worth four runs. */
export const levelPrior: Prior = { sd: 0.1, df: 4 };
/** The others moved themselves if the machine's own wavering does so this rarely, two-sided. */
const movedShare = 0.01;
const fewestErrors = 5;
/** Of the normal distribution, 95 % one-sided. */
const z90 = 1.644854;

/** A test whose family is not complete yet. */
export interface StoredQuestion {
  /** Whether it could be rejected at all (family.ts). */
  readonly able: boolean;
  readonly up: number;
  readonly down: number;
  readonly material: boolean;
  readonly better: boolean;
  /** Of the change that is shown (outcome.ts). */
  readonly excluded: boolean;
  /** The stored runs never had the requests it needs: the verdict is about the others. */
  readonly hopeless: boolean;
  readonly size: Size;
  /**
   * Whether it looks worse and could be, so that the run is left undecided where nothing is proven; `limit` is the
   * one-sided chance below which it could.
   */
  readonly looksWorse: (limit: number) => boolean;
  /** The smallest detectable change when this test is made at `alpha`. */
  readonly detect: (alpha: number) => number;
  readonly comparison: Omit<Comparison, "p" | "smallestDetectable" | "outcome">;
}

export function rowQuestion({
  row,
  metric,
  settings,
  margin,
}: {
  row: PastRow;
  metric: ComparisonMetric;
  settings: CompareSettings;
  margin: number;
}): StoredQuestion {
  const { endpoint, now, samplingSd, n, contrast } = row;
  const tolerance = toleranceOf(settings, metric);
  const itself = predict({ ...row, next: [now], prior: levelPrior, margin });
  const beside = contrast && predict({ ...contrast, next: [contrast.now], margin, samplingSd });
  const moved = contrast ? shiftOf(contrast.others) : "no";
  // Which tests must all agree that it is slower (faster).
  const slowness = testsOf({ itself, beside, misleading: moved === "faster", moved: moved !== "no" });
  const speed = testsOf({ itself, beside, misleading: moved === "slower", moved: moved !== "no" });
  const tested = moved === "no" && beside ? beside : itself;
  const after = Math.exp(now);
  const before = after / Math.exp(itself.estimate);
  const slower = ({ estimate }: Prediction) =>
    Math.expm1(estimate) >= tolerance && Math.expm1(estimate) * before >= settings.minEffectMs;
  const faster = ({ estimate }: Prediction) =>
    Math.exp(estimate) <= 1 / (1 + tolerance) && -Math.expm1(estimate) * before >= settings.minEffectMs;
  return {
    up: Math.max(...slowness.map(({ up }) => up)),
    down: Math.max(...speed.map(({ down }) => down)),
    able: true,
    // The change that is shown counts whatever decides: what stayed while the others got faster did not regress.
    material: [itself, ...slowness].every(slower),
    better: [itself, ...speed].every(faster),
    excluded: slowness.every((test) => excludes(test, { before, tolerance, settings })),
    size: sizeOf({ estimate: Math.expm1(itself.estimate), before, tolerance, minEffectMs: settings.minEffectMs }),
    hopeless: false,
    looksWorse: (limit) => couldBeWorse({ itself, tested, tolerance, limit }),
    detect: (alpha) => Math.max(tolerance, detectable(tested, { alpha, margin })),
    comparison: {
      endpoint,
      metric,
      method: "baseline",
      before,
      after,
      change: changeOf(itself),
      n,
      tolerance,
      warnings: [],
      explanation: tested === beside ? [besideOthers(tested).text] : [],
      ...(tested === beside && { said: [besideOthers(tested).pieces] }),
    },
  };
}

/** A second figure beside that of the row, so it says what it is of. */
function besideOthers({ estimate }: Prediction) {
  return ours(`compared with the other endpoints of its run: ${signedPercent(Math.expm1(estimate))}`);
}

export function suiteQuestion({
  level,
  metric,
  settings,
  margin,
  rows,
}: {
  level: Level;
  metric: ComparisonMetric;
  settings: CompareSettings;
  margin: number;
  rows: readonly PastRow[];
}): StoredQuestion {
  const tolerance = toleranceOf(settings, metric);
  const tested = predict({ ...level, next: [level.now], prior: levelPrior, margin });
  const after = Math.exp(level.now);
  const before = after / Math.exp(tested.estimate);
  const large = Math.abs(after - before) >= settings.minEffectMs;
  const slower = tested.estimate > 0;
  const suite = [
    ours(`the ${metric} of all endpoints together (their geometric mean)`),
    ...(slower && Math.expm1(tested.estimate) >= tolerance
      ? [
          say`everything is slower by about the same factor: the code or the machine; side by side (\`base-host\`) tells which`,
        ]
      : []),
  ];
  return {
    up: tested.up,
    down: tested.down,
    able: true,
    material: large && Math.expm1(tested.estimate) >= tolerance,
    better: large && Math.exp(tested.estimate) <= 1 / (1 + tolerance),
    excluded: excludes(tested, { before, tolerance, settings }),
    size: sizeOf({ estimate: Math.expm1(tested.estimate), before, tolerance, minEffectMs: settings.minEffectMs }),
    hopeless: false,
    looksWorse: (limit) => couldBeWorse({ itself: tested, tested, tolerance, limit }),
    detect: (alpha) => Math.max(tolerance, detectable(tested, { alpha, margin })),
    comparison: {
      endpoint: null,
      metric: "suite",
      method: "baseline",
      before,
      after,
      change: changeOf(tested),
      n: rows.reduce((sum, row) => sum + row.n, 0),
      tolerance,
      warnings: [],
      explanation: suite.map(({ text }) => text),
      said: suite.map(({ pieces }): Pieces => pieces),
    },
  };
}

export function errorsQuestion({
  now,
  runs,
  windows,
  settings,
}: {
  now: PastEndpoint;
  runs: readonly PastRun[];
  windows: readonly Proportion[];
  settings: CompareSettings;
}): StoredQuestion | null {
  const found = storedErrors({ now, runs, windows });
  if (!found) return null;
  const { up, interval } = found;
  const tolerance = toleranceOf(settings, "errors");
  const before = found.before.failures / found.before.requests;
  const after = found.after.failures / found.after.requests;
  return {
    up,
    down: 1,
    able: found.before.failures + found.after.failures > 0,
    material: after - before >= tolerance && found.after.failures >= fewestErrors,
    better: false,
    excluded: newcombe({ before: found.before, after: found.after, z: z90 }).high < passTolerances * tolerance,
    hopeless: up >= doubtful && !excludesErrors(found.before.requests / found.runs, passTolerances * tolerance),
    size: after - before >= tolerance ? "worse" : before - after >= tolerance ? "better" : "within",
    looksWorse: (limit) => after - before >= tolerance || up < limit,
    // As if the baseline had as many requests as the new run: never too hopeful.
    detect: (alpha) => detectableErrors({ alpha, tolerance, before, n: 2 * found.after.requests }),
    comparison: {
      endpoint: now.endpoint,
      metric: "errors",
      method: "baseline",
      before,
      after,
      change: { estimate: after - before, low: interval.low, high: interval.high },
      n: found.before.requests + found.after.requests,
      tolerance,
      warnings: [],
      explanation: [],
    },
  };
}

/**
 * Whether the other endpoints moved further than runs do. Then it was not the machine that moved them, and they are no
 * measure of it.
 */
function shiftOf(others: Level): "no" | "slower" | "faster" {
  const { up, down } = predict({ ...others, next: [others.now], prior: levelPrior, margin: 0 });
  if (2 * Math.min(up, down) >= movedShare) return "no";
  return up < down ? "slower" : "faster";
}

/**
 * By which tests an endpoint is judged. Beside the others, while they stayed within what runs do. By itself, where they
 * moved the other way. By both, where they moved the same way: an endpoint is named only if it moved further than they.
 */
function testsOf({
  itself,
  beside,
  misleading,
  moved,
}: {
  itself: Prediction;
  beside: Prediction | null;
  misleading: boolean;
  moved: boolean;
}): Prediction[] {
  if (!beside || misleading) return [itself];
  return moved ? [itself, beside] : [beside];
}

/**
 * Whether an endpoint looks slower, and could be. An estimate past the tolerance that chance brings more often says
 * that runs differ, not that this one is slower.
 * @param tested beside the others, where they are a measure
 */
function couldBeWorse({
  itself,
  tested,
  tolerance,
  limit,
}: {
  itself: Prediction;
  tested: Prediction;
  tolerance: number;
  limit: number;
}): boolean {
  const least = Math.expm1(Math.min(itself.estimate, tested.estimate));
  // While few runs are stored no chance is small, so a change past twice the tolerance need not be as rare.
  return itself.estimate > 0 && tested.up < (least >= passTolerances * tolerance ? 2 * limit : limit);
}

/** Whether a one-sided bound of 95 % lies below twice the tolerance, or below the minimum effect if that is more. */
function excludes(
  { estimate, standardError, df }: Prediction,
  { before, tolerance, settings }: { before: number; tolerance: number; settings: CompareSettings },
): boolean {
  const bound = Math.expm1(estimate + tQuantile({ upper: doubtful, df }) * standardError);
  return bound < Math.max(passTolerances * tolerance, settings.minEffectMs / before);
}

/** The 95 % prediction interval: where a further run of the same code would lie, seen from the new one. */
function changeOf({ estimate, standardError, df }: Prediction): NonNullable<Comparison["change"]> {
  const reach = tQuantile({ upper: 0.025, df }) * standardError;
  return { estimate: Math.expm1(estimate), low: Math.expm1(estimate - reach), high: Math.expm1(estimate + reach) };
}
