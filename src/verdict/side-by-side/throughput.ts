import type { BaselineRecord } from "../../baseline/baseline.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { isJudged } from "../../stats/summary.ts";
import type { Comparison } from "../comparison.ts";
import { rateChange, ratesBeside, ratesStored } from "../throughput-test.ts";

/** Requests answered per second of judged time, failures included. */
export interface Throughput {
  /** Of the base version, or of the stored runs (their geometric mean); null where nothing is known. */
  readonly before: number | null;
  readonly now: number;
  /** The relative change with its 95 % interval; null where too little is known for one. */
  readonly change: Comparison["change"];
  /** Iterations due per second in the open model; null in the closed one. */
  readonly arrivalRate: number | null;
}

/** What the target achieved, beside what it achieved before and what was asked of it. Null without requests. */
export function throughputOf(
  { summary, meta, blocks }: Pick<RunResult, "summary" | "meta" | "blocks">,
  past: readonly BaselineRecord[],
): Throughput | null {
  const of = (arm: "head" | "base") => summary.totals.find((row) => row.arm === arm)?.rps;
  const [now, base] = [of("head"), of("base")];
  if (now === undefined) return null;
  const { arrivalRate } = meta.profile;
  const rates = base === undefined ? ratesStored(blocks, past) : ratesBeside(blocks.filter(isJudged));
  return { before: base ?? rates?.before ?? null, now, change: rates && rateChange(rates), arrivalRate };
}
