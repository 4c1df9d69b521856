import { ours, type Sentence, say as sentence } from "../base/sentence.ts";
import type { Measured } from "./measure.ts";
import type { ThresholdResult } from "./promise.ts";
import { printMetric, unitOf } from "./threshold/metric.ts";
import { holds } from "./threshold/operator.ts";
import { plainNumber, printQuantity } from "./threshold/quantity.ts";
import type { Threshold } from "./threshold/threshold.ts";

type Unit = ThresholdResult["unit"];

/** `p95 of GET /item was 412 ms (95 % interval 398 to 430 ms, 1200 requests)`. */
export function sayMeasured(
  threshold: Threshold,
  { actual, interval, n, raw }: Measured,
  { subject, level = "95 % interval" }: { subject: Sentence; level?: string },
): Sentence {
  const unit = unitOf(threshold.metric);
  const value = say(rounded(actual, threshold), unit);
  const from = `${n} request${n === 1 ? "" : "s"}`;
  const sure = interval
    ? `${level} ${number(interval[0], unit)} to ${say(Number(interval[1].toPrecision(3)), unit)}, `
    : "";
  const answers = raw === undefined ? "" : `, ${say(Number(raw.toPrecision(3)), unit)} by the answers alone`;
  const verb = plural(threshold) ? "were" : "was";
  return sentence`${ours(printMetric(threshold.metric))} of ${subject} ${ours(`${verb} ${value} (${sure}${from}${answers})`)}`;
}

/** Which of the windows a number is of. */
export interface WhichWindow {
  readonly subject: Sentence;
  /** Since the first judged block. */
  readonly fromMs: number;
  readonly everyMs: number;
  /** Windows that were judged, and how many of them broke the promise. */
  readonly count: number;
  readonly broken: number;
}

/** `p95 of GET /item was 512 ms (…) in the worst of 6 windows of 10s, 20 to 30 s into the judged time; 2 of 6 broke it`. */
export function sayWindow(threshold: Threshold, measured: Measured, which: WhichWindow): Sentence {
  const { subject, fromMs, everyMs, count, broken } = which;
  const from = plainNumber(fromMs / 1000);
  const to = plainNumber((fromMs + everyMs) / 1000);
  const windows = `window${count === 1 ? "" : "s"} of ${printQuantity(everyMs, "ms")}`;
  const place = `in the worst of ${count} ${windows}, ${from} to ${to} s into the judged time`;
  const level = count === 1 ? "95 % interval" : "95 % interval for all windows together";
  const many = broken > 1 ? `; ${broken} of ${count} windows are past the limit` : "";
  return sentence`${sayMeasured(threshold, measured, { subject, level })} ${ours(place + many)}`;
}

function plural({ metric: { kind } }: Threshold): boolean {
  return kind === "errors" || kind === "failures" || kind === "requests";
}

const operatorWords: Record<Threshold["operator"], string> = {
  "<": "below",
  "<=": "at most",
  ">": "above",
  ">=": "at least",
  "==": "exactly",
  "!=": "anything but",
};

/** `below 300 ms`. */
export function sayPromise({ operator, value, metric }: Threshold): string {
  return `${operatorWords[operator]} ${say(value, unitOf(metric))}`;
}

/**
 * Three significant digits, more only where fewer would tell the opposite: 300.4 ms against a limit of 300 ms must not
 * read "300 ms".
 */
function rounded(actual: number, { operator, value: expected }: Threshold): number {
  const kept = holds({ actual, operator, expected });
  for (let digits = 3; digits < 12; digits++) {
    const candidate = Number(actual.toPrecision(digits));
    if (candidate === expected && actual !== expected) continue;
    if (holds({ actual: candidate, operator, expected }) === kept) return candidate;
  }
  return actual;
}

function number(value: number, unit: Unit): string {
  const short = Number(value.toPrecision(3));
  return plainNumber(unit === "ratio" ? short * 100 : short);
}

function say(value: number, unit: Unit): string {
  switch (unit) {
    case "ms":
      return `${plainNumber(value)} ms`;
    case "ratio":
      return `${plainNumber(value * 100)} %`;
    case "perSecond":
      return `${plainNumber(value)}/s`;
    case "count":
    case "score":
      return plainNumber(value);
  }
}
