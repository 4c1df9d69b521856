import type { BaselineRecord } from "../../baseline/baseline.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { median } from "../statistics/screen.ts";

/** Requests answered per second of judged time, failures included. */
export interface Throughput {
  /** Of the base version, or the median of the stored runs; null where nothing is known. */
  readonly before: number | null;
  readonly now: number;
  /** Iterations due per second in the open model; null in the closed one. */
  readonly arrivalRate: number | null;
}

/** What the target achieved, beside what it achieved before and what was asked of it. Null without requests. */
export function throughputOf(
  { summary, meta }: Pick<RunResult, "summary" | "meta">,
  past: readonly BaselineRecord[],
): Throughput | null {
  const of = (arm: "head" | "base") => summary.totals.find((row) => row.arm === arm)?.rps;
  const now = of("head");
  if (now === undefined) return null;
  const stored = past.flatMap(({ judgedMs, endpoints }) =>
    judgedMs ? [endpoints.reduce((sum, { requests }) => sum + requests, 0) / (judgedMs / 1000)] : [],
  );
  const before = of("base") ?? (stored.length === 0 ? null : median(stored));
  return { before, now, arrivalRate: meta.profile.arrivalRate };
}
