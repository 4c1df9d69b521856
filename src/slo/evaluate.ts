import { joined, ours, type Sentence, say } from "../base/sentence.ts";
import type { Block } from "../stats/snapshot.ts";
import { matchesEndpoint, nearestLabels } from "./glob.ts";
import { judgeWindows } from "./judge-windows.ts";
import { type JudgedWindow, judgedWindow, measure, untold } from "./measure.ts";
import type { ThresholdResult } from "./promise.ts";
import { sayMeasured } from "./say.ts";
import { printQuantity } from "./threshold/quantity.ts";
import type { Threshold } from "./threshold/threshold.ts";
import { outcomeOf, type Subject, subjectOf, withData, withoutData } from "./threshold-result.ts";
import { windowsOf } from "./windows.ts";

/**
 * Holds promises against a run: one result for each promise of the total, one per matching endpoint for the others.
 *
 * A percentile or an error rate breaks its promise when its whole 95 % interval is past the limit, and keeps it when
 * the whole interval is within. With the limit inside the interval the result is `undecided`: the gate may extend the
 * run and evaluate again, and calls `settle` when there is no time left. The interval never reaches beyond what was
 * seen, so a promise that no request broke is kept however few there were.
 */
export function evaluate(
  thresholds: readonly Threshold[],
  blocks: readonly Block[],
  { confidence = 0.95 }: { confidence?: number } = {},
): ThresholdResult[] {
  const windows = new Map<number, JudgedWindow>();
  return thresholds.flatMap((threshold) => {
    const window = windows.get(threshold.afterMs) ?? judgedWindow(blocks, threshold.afterMs);
    windows.set(threshold.afterMs, window);
    const { of, everyMs } = threshold;
    const cut = everyMs === null ? null : windowsOf(blocks, { ...threshold, everyMs });
    const judge = (subject: Subject) =>
      cut === null
        ? judgeWhole(threshold, { ...subject, window, confidence })
        : judgeWindows(threshold, { ...subject, windows: cut, confidence });
    if (of === null) return [judge({ endpoint: null, stats: window.total })];
    const matching = window.endpoints.filter(({ endpoint }) => matchesEndpoint(of, endpoint));
    if (matching.length === 0) return [withoutData(threshold, null, nearestSentence(threshold, window))];
    return matching
      .filter(({ endpoint }) => !threshold.except.some((glob) => matchesEndpoint(glob, endpoint)))
      .map(judge);
  });
}

/** What is undecided when there is no more time is a warning: neither green without a word nor red by bad luck. */
export function settle(results: readonly ThresholdResult[]): ThresholdResult[] {
  return results.map((result) => (result.outcome === "undecided" ? { ...result, outcome: "warn" } : result));
}

function judgeWhole(
  threshold: Threshold,
  { endpoint, stats, window, confidence }: Subject & { window: JudgedWindow; confidence: number },
): ThresholdResult {
  const whyNot = untold(threshold, stats);
  if (whyNot !== null) return withoutData(threshold, endpoint, ours(whyNot));
  const measured = measure(threshold.metric, stats, { windowMs: window.windowMs, confidence });
  if (!measured) {
    const why = stats.requests === 0 ? noRequests(threshold) : ours("no request had a response time");
    return withoutData(threshold, endpoint, why);
  }
  const outcome = outcomeOf(threshold, measured, stats);
  const said = sayMeasured(threshold, measured, { subject: subjectOf(threshold, endpoint) });
  return withData(threshold, endpoint, { measured, outcome, said });
}

function nearestSentence(threshold: Threshold, window: JudgedWindow): Sentence {
  const endpoints = window.endpoints.map(({ endpoint }) => endpoint);
  const names = nearestLabels(threshold.of ?? "", endpoints).map((name) => say`"${name}"`);
  if (names.length === 0) return noRequests(threshold);
  return say`no endpoint has that name; the nearest ${ours(names.length === 1 ? "is" : "are")} ${joined(names, ", ")}`;
}

function noRequests({ afterMs }: Threshold): Sentence {
  const when = afterMs > 0 ? ` after the first ${printQuantity(afterMs, "ms")} of the judged window` : "";
  return ours(`no requests were made${when}`);
}
