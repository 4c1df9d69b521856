import { type CommonShift, commonShift } from "../../verdict/side-by-side/common-shift.ts";
import type { Report } from "../document/report.ts";
import { counted, formatChange, formatMs, formatNumber } from "./format.ts";

/** Relative change of the throughput from which on it is news. */
const newsworthy = 0.1;

/** What moved all endpoints alike; null where nothing did. */
export function shiftOf({ comparisons }: Report): CommonShift | null {
  return commonShift(comparisons.filter(({ waived }) => waived === null));
}

/** `every endpoint is about 250 ms slower`, `8 of 9 endpoints are about 40 % slower`. */
export function shiftInWords({ metric, moved, compared, by, size, range }: CommonShift): string {
  const who = moved === compared ? "every endpoint is" : `${moved} of ${counted(compared, "endpoint")} are`;
  const text = (value: number) => (by === "ms" ? formatMs(value) : formatChange(value).replace(/^\+/, ""));
  const at = metric === "p50" ? "" : ` at ${metric}`;
  if (range) return `${who} slower${at}, by ${text(range[0])} to ${text(range[1])}`;
  if (by === "ratio" && size >= 3) return `${who} about ${formatNumber(rounded(1 + size))} times as slow${at}`;
  return `${who} about ${text(rounded(size))} slower${at}`;
}

/** "About" goes with two digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

/** `throughput 120/s → 55/s`; empty where nothing earlier is known or little changed. */
export function throughputInWords({ throughput }: Report): string {
  if (!throughput || throughput.before === null || throughput.before === 0) return "";
  const { before, now } = throughput;
  if (Math.abs(now / before - 1) < newsworthy) return "";
  return `throughput ${formatNumber(before)}/s → ${formatNumber(now)}/s`;
}

/** In the open model: how much of what was due was served; empty where it was all. */
export function servedInWords({ throughput }: Report): string {
  if (!throughput || throughput.arrivalRate === null || throughput.now >= 0.95 * throughput.arrivalRate) return "";
  return `${formatNumber(throughput.now)} requests/s answered at an arrival rate of ${formatNumber(throughput.arrivalRate)}/s`;
}
