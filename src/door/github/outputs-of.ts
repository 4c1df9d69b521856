import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommentOutcome } from "../../github/comment/comment.ts";
import type { Outputs } from "../../github/outputs.ts";
import { shownPercentiles } from "../../stats/summary.ts";
import type { RunReport } from "./action-context.ts";

/** All strings; of the head arm's judged window, in milliseconds and ratios. */
export function outputsOf({ report, directory, exitCode, comparisons }: RunReport): Outputs {
  const { verdict, tally, total, baseline, measured } = report;
  const row = total?.head ?? null;
  const percentile = (ratio: (typeof shownPercentiles)[number]) =>
    text(row?.percentilesMs[shownPercentiles.indexOf(ratio)] ?? null);
  const document = (name: string) => (existsSync(join(directory, name)) ? join(directory, name) : "");
  return {
    verdict: verdict.conclusion,
    passed: String(exitCode === 0),
    reason: verdict.reasons[0]?.code ?? "",
    requests: text(row?.requests ?? 0),
    failures: text(row?.failures ?? 0),
    "error-rate": text(row?.errorRatio ?? 0),
    rps: text(row?.rps ?? 0),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    "slo-failed": text(tally.broken),
    regressions: text(tally.regressed),
    comparisons: JSON.stringify(comparisons),
    "baseline-found": String(baseline.found),
    "baseline-sha": baseline.commit ?? "",
    "smallest-detectable-change": text(report.comparing.smallestDetectable),
    saturation: text(measured.health?.utilizationMax ?? null),
    "result-path": document("result.json"),
    "report-path": document("report.html"),
    "summary-path": document("comment.md"),
  };
}

/** Known only once the pull request was told. */
export function commentOutputs(comment: CommentOutcome): Outputs {
  return {
    ...("id" in comment && { "comment-id": text(comment.id ?? null) }),
    ...("url" in comment && { "comment-url": comment.url ?? "" }),
  };
}

/** Four significant digits at least, no exponent; empty for nothing. */
function text(value: number | null): string {
  if (value === null) return "";
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(6)));
}
