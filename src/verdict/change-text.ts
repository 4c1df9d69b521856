import { ours, type Sentence, say } from "../base/sentence.ts";
import { percent } from "../base/units.ts";
import { endpointLabel } from "../stats/endpoint.ts";
import type { Comparison } from "./comparison.ts";

/** A change in one clause: `POST /checkout p95 is 38 % slower (221 ms → 305 ms, +29 … +48 %)`. */
export function changeSentence(comparison: Comparison): Sentence {
  const { endpoint } = comparison;
  return endpoint ? say`${endpointLabel(endpoint)} ${ours(changeText(comparison))}` : ours(changeText(comparison));
}

/** The same without the endpoint's name. */
function changeText({ metric, before, after, change }: Comparison): string {
  const subject = nameOf(metric);
  if (change === null) return `${subject} changed`;
  const { estimate, low, high } = change;
  if (metric === "stalls") return `${subject}: ${before ?? 0} before, ${after ?? 0} now`;
  if (metric === "throughput") {
    const values = before === null || after === null ? "" : ` (${number(before)}/s → ${number(after)}/s)`;
    return `throughput ${estimate >= 0 ? "rose" : "fell"} by ${number(100 * Math.abs(estimate))} %${values}`;
  }
  if (metric === "errors") {
    const values =
      before === null || after === null
        ? ""
        : ` (${percent(before, 3)} → ${percent(after, 3)}${interval(low, high, " pp")})`;
    return `${subject} ${estimate >= 0 ? "rose" : "fell"} by ${number(100 * Math.abs(estimate))} percentage points${values}`;
  }
  if (metric === "capacity") {
    const values = before === null || after === null ? "" : ` (${number(before)} → ${number(after)})`;
    return `capacity ${estimate >= 0 ? "rose" : "fell"} by ${number(100 * Math.abs(estimate))} %${values}`;
  }
  const word = estimate >= 0 ? "slower" : "faster";
  const values = before === null || after === null ? "" : `${number(before)} ms → ${number(after)} ms`;
  const bounds = interval(low, high, " %");
  const inside = `${values}${bounds}`.replace(/^, /, "");
  return `${subject} is ${number(100 * Math.abs(estimate))} % ${word}${inside === "" ? "" : ` (${inside})`}`;
}

/** What was compared, in words anybody knows. */
export function nameOf(metric: string): string {
  if (metric === "suite") return "the whole run";
  return metric === "stalls" ? "standing still" : metric;
}

function interval(low: number | null, high: number | null, unit: string): string {
  return low === null || high === null ? "" : `, ${signed(100 * low)} … ${signed(100 * high)}${unit}`;
}

/** A ratio of 0.098 as `+9.8 %`. */
export function signedPercent(ratio: number): string {
  return `${ratio < 0 ? "−" : "+"}${Number((100 * Math.abs(ratio)).toPrecision(2))} %`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${number(Math.abs(value))}`;
}

/** At most three significant digits, as in every table, and never in exponent form. */
function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
