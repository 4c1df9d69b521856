import { signedPercent } from "./change-text.ts";
import type { Comparison, ComparisonMetric } from "./comparison.ts";
import { detectableErrors } from "./detectable.ts";
import type { Proportion } from "./fisher.ts";
import type { PastEndpoint, PastRun } from "./history.ts";
import type { PastRow } from "./past-table.ts";
import { detectable, type Prediction, type Prior, predict } from "./prediction.ts";
import { type CompareSettings, toleranceOf } from "./settings.ts";
import { storedErrors } from "./stored-errors.ts";
import { tQuantile } from "./student-t.ts";

/** SPEC 4.3: before any run was seen, runs are taken to differ by 10 %, and that belief is worth four runs. */
export const levelPrior: Prior = { sd: 0.1, df: 4 };
/**
 * What hits all endpoints of a run cancels in a contrast. Between real runs endpoints move together with a correlation
 * of 0.77 (reference: statistics.md 2), which leaves 10 % · √(1 − 0.77) ≈ 5 %.
 */
export const contrastPrior: Prior = { sd: 0.05, df: 4 };
const fewestErrors = 5;

/** A test whose family is not complete yet. */
export interface StoredQuestion {
  readonly up: number;
  readonly down: number;
  readonly material: boolean;
  readonly better: boolean;
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
  const { endpoint, now, past, samplingSd, n, contrast } = row;
  const tolerance = toleranceOf(settings, metric);
  const plain = predict({ past, next: [now], prior: levelPrior, margin: margin, samplingSd });
  const tested = contrast
    ? predict({
        past: contrast.past,
        next: [contrast.now],
        prior: contrastPrior,
        margin: margin,
        samplingSd,
      })
    : plain;
  const after = Math.exp(now);
  const before = after / Math.exp(plain.estimate);
  const effectMs = Math.abs(Math.expm1(tested.estimate)) * before;
  const large = effectMs >= settings.minEffectMs;
  return {
    up: tested.up,
    down: tested.down,
    // An endpoint that stayed while the others got faster did not regress.
    material: large && Math.expm1(tested.estimate) >= tolerance && plain.estimate > 0,
    better: large && Math.exp(tested.estimate) <= 1 / (1 + tolerance) && plain.estimate < 0,
    detect: (alpha) => Math.max(tolerance, detectable(tested, { alpha, margin: margin })),
    comparison: {
      endpoint,
      metric,
      method: "baseline",
      before,
      after,
      change: changeOf(plain),
      n,
      tolerance,
      warnings: [],
      explanation: contrast
        ? [`beside the other endpoints of its run: ${signedPercent(Math.expm1(tested.estimate))}`]
        : [],
    },
  };
}

export function suiteQuestion({
  now,
  past,
  metric,
  settings,
  margin,
  rows,
}: {
  now: number;
  past: readonly number[];
  metric: ComparisonMetric;
  settings: CompareSettings;
  margin: number;
  rows: readonly PastRow[];
}): StoredQuestion {
  const tolerance = toleranceOf(settings, metric);
  const tested = predict({ past, next: [now], prior: levelPrior, margin: margin });
  const after = Math.exp(now);
  const before = after / Math.exp(tested.estimate);
  const large = Math.abs(after - before) >= settings.minEffectMs;
  const slower = tested.estimate > 0;
  return {
    up: tested.up,
    down: tested.down,
    material: large && Math.expm1(tested.estimate) >= tolerance,
    better: large && Math.exp(tested.estimate) <= 1 / (1 + tolerance),
    detect: (alpha) => Math.max(tolerance, detectable(tested, { alpha, margin: margin })),
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
      explanation: [
        `the ${metric} of all endpoints together (geometric mean)`,
        ...(slower && Math.expm1(tested.estimate) >= tolerance
          ? [
              "everything is slower by about the same factor: the code or the machine; side by side (`base-host`) tells which",
            ]
          : []),
      ],
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
    material: after - before >= tolerance && found.after.failures >= fewestErrors,
    better: false,
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

/** The 95 % prediction interval: where a further run of the same code would lie, seen from the new one. */
function changeOf({ estimate, standardError, df }: Prediction): NonNullable<Comparison["change"]> {
  const reach = tQuantile({ upper: 0.025, df }) * standardError;
  return { estimate: Math.expm1(estimate), low: Math.expm1(estimate - reach), high: Math.expm1(estimate + reach) };
}
