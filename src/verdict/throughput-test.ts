import { saidOf, say } from "../base/sentence.ts";
import type { BaselineRecord } from "../baseline/baseline.ts";
import { parseCellKey } from "../stats/endpoint.ts";
import { type Block, blockMs } from "../stats/snapshot.ts";
import { isJudged } from "../stats/summary.ts";
import type { Comparison, ConfirmationOutcome } from "./comparison.ts";
import { doubtful, outcomeOf, passTolerances } from "./outcome.ts";
import { type CompareSettings, throughputAlpha, toleranceOf } from "./settings.ts";
import { detectable, mean, type Prediction, type Prior, predict } from "./statistics/prediction.ts";
import { tQuantile, tUpperTail } from "./statistics/student-t.ts";

/**
 * Achieved throughput: in the closed model what the target lets the users do, in the open one how much of what was due
 * was served. Requests answered per second of judged time, failures included.
 */
export interface Rates {
  readonly before: number;
  readonly now: number;
  readonly requests: number;
  /** On the logarithmic scale. */
  readonly test: Prediction;
}

/** As in stored latencies: runs are taken to differ by 10 %, and that belief is worth four runs. */
const ratePrior: Prior = { sd: 0.1, df: 4 };
/** Whole turns of either arm, and long enough for waits between requests to even out. */
const windowBlocks = 12;
const fewestWindows = 4;
/** One-sided, in the second pass: it has been singled out before. */
const confirmAlpha = 0.05;

/** Of the two arms, window by window of the same seconds; null with too few of them. */
export function ratesBeside(blocks: readonly Block[]): Rates | null {
  const windows = Array.from({ length: Math.floor(blocks.length / windowBlocks) }, (_, i) =>
    countsOf(blocks.slice(i * windowBlocks, (i + 1) * windowBlocks)),
  );
  const ratios = windows.flatMap(({ base, head }) => (base > 0 && head > 0 ? [Math.log(head / base)] : []));
  if (ratios.length < fewestWindows || ratios.length < windows.length) return null;
  const { base, head } = countsOf(blocks);
  const seconds = (blocks.length * blockMs) / 1000;
  const estimate = Math.log(head / base);
  const df = ratios.length - 1;
  const middle = mean(ratios);
  const sd = Math.sqrt(ratios.reduce((sum, value) => sum + (value - middle) ** 2, 0) / df);
  // Counts differ by chance alone at least so much; windows that happen to agree do not make it less.
  const standardError = Math.max(sd / Math.sqrt(ratios.length), 0.001);
  const t = estimate / standardError;
  const test = { estimate, sd, df, standardError, t, up: tUpperTail({ t, df }), down: tUpperTail({ t: -t, df }) };
  return { before: base / seconds, now: head / seconds, requests: base + head, test };
}

/** Of a run and stored ones; null where nothing earlier is known. */
export function ratesStored(blocks: readonly Block[], history: readonly BaselineRecord[]): Rates | null {
  const past = history.flatMap(({ judgedMs, endpoints }) => {
    const requests = endpoints.reduce((sum, one) => sum + one.requests, 0);
    return judgedMs && requests > 0 ? [requests / (judgedMs / 1000)] : [];
  });
  const judged = blocks.filter(isJudged);
  const { head } = countsOf(judged);
  if (past.length === 0 || head === 0) return null;
  const now = head / ((judged.length * blockMs) / 1000);
  const test = predict({ past: past.map(Math.log), next: [Math.log(now)], prior: ratePrior, margin: 0 });
  return { before: now / Math.exp(test.estimate), now, requests: head, test };
}

/** The relative change with its 95 % interval. */
export function rateChange({ test: { estimate, standardError, df } }: Rates): NonNullable<Comparison["change"]> {
  const reach = tQuantile({ upper: 0.025, df }) * standardError;
  return { estimate: Math.expm1(estimate), low: Math.expm1(estimate - reach), high: Math.expm1(estimate + reach) };
}

/** Whether less is proven, and by more than the tolerance. */
export function isSlower({ test }: Rates, settings: CompareSettings): boolean {
  return test.down <= throughputAlpha(settings) && -Math.expm1(test.estimate) >= toleranceOf(settings, "throughput");
}

/** What a second pass says of it; `second` is null where that had too little. */
export function confirmedBy(second: Rates | null): ConfirmationOutcome {
  if (second === null) return "too-few-requests";
  return second.test.down <= confirmAlpha ? "agreed" : "disagreed";
}

/**
 * Judged where `regression.metrics` names it. Less is worse.
 * @param confirmation side by side: what became of it in the second pass, where it looked worse in the first
 */
export function throughputComparison(
  rates: Rates,
  {
    settings,
    method,
    confirmation = null,
  }: {
    settings: CompareSettings;
    method: Comparison["method"];
    confirmation?: ConfirmationOutcome | null;
  },
): Comparison {
  const { before, now, requests, test } = rates;
  const alpha = throughputAlpha(settings);
  const tolerance = toleranceOf(settings, "throughput");
  const less = -Math.expm1(test.estimate);
  const bound = -Math.expm1(test.estimate - tQuantile({ upper: doubtful, df: test.df }) * test.standardError);
  const unconfirmed = confirmation !== null && confirmation !== "agreed";
  const outcome = outcomeOf({
    proven: { worse: test.down <= alpha, better: test.up <= alpha },
    excluded: bound < passTolerances * tolerance,
    size: less >= tolerance ? "worse" : Math.expm1(test.estimate) >= tolerance ? "better" : "within",
    looksWorse: less >= tolerance && test.down < doubtful,
    p: test.down,
  });
  const warning = unconfirmed ? [say`seen once; no second pass confirmed it`] : [];
  return {
    endpoint: null,
    metric: "throughput",
    method,
    before,
    after: now,
    change: rateChange(rates),
    p: test.down,
    n: requests,
    tolerance,
    smallestDetectable: Math.max(tolerance, 1 - 1 / (1 + detectable(test, { alpha, margin: 0 }))),
    outcome: outcome === "regressed" && unconfirmed ? "inconclusive" : outcome,
    ...(confirmation !== null && { confirmation }),
    warnings: warning.map(({ text }) => text),
    said: saidOf(...warning),
    explanation: [],
  };
}

function countsOf(blocks: readonly Block[]): { readonly head: number; readonly base: number } {
  const sums = { head: 0, base: 0 };
  for (const { cells } of blocks) for (const [key, { requests }] of cells) sums[parseCellKey(key).arm] += requests;
  return sums;
}
