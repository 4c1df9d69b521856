import { closest } from "fastest-levenshtein";
import type { ThresholdResult } from "../promise.ts";
import type { Cursor } from "./cursor.ts";
import { describe } from "./cursor.ts";
import { parseQuantity, plainNumber } from "./quantity.ts";

/** What a promise is about. Latencies cover every request, failed ones too (docs/thresholds.md#metrics). */
export type ThresholdMetric =
  /** `percent` 0–100. */
  | { readonly kind: "percentile"; readonly percent: number }
  /** `errors` is failures over requests, `failures` their count, `rps` requests per second of the window. */
  | { readonly kind: "avg" | "min" | "max" | "errors" | "failures" | "rps" | "requests" }
  /** Apdex: 1 when every request succeeds within `targetMs`, half a point up to four times that. */
  | { readonly kind: "apdex"; readonly targetMs: number };

export type ThresholdUnit = ThresholdResult["unit"];

const units = {
  percentile: "ms",
  avg: "ms",
  min: "ms",
  max: "ms",
  errors: "ratio",
  failures: "count",
  rps: "perSecond",
  requests: "count",
  apdex: "score",
} as const satisfies Record<ThresholdMetric["kind"], ThresholdUnit>;

export function unitOf(metric: ThresholdMetric): ThresholdUnit {
  return units[metric.kind];
}

export function printMetric(metric: ThresholdMetric): string {
  if (metric.kind === "percentile") return `p${plainNumber(metric.percent)}`;
  if (metric.kind === "apdex") return `apdex(${plainNumber(metric.targetMs)}ms)`;
  return metric.kind;
}

const plain = ["avg", "min", "max", "errors", "failures", "rps", "requests"] as const;
const known = [...plain, "p50", "p75", "p90", "p95", "p99", "p99.9", "apdex(300ms)"];

/** Words from elsewhere for what we call otherwise: too far for a spelling guess. */
const otherWords: Readonly<Record<string, string>> = {
  mean: "avg",
  average: "avg",
  median: "p50",
  latency: "p95",
  duration: "p95",
  response_time: "p95",
  error_rate: "errors",
  "error-rate": "errors",
  errorrate: "errors",
  fail_ratio: "errors",
  failed: "failures",
  throughput: "rps",
  "requests/s": "rps",
  qps: "rps",
  count: "requests",
  hits: "requests",
};

/** Reads `p95`, `p(95)`, `med`, `avg`, `apdex(300ms)`, … */
export function parseMetric(cursor: Cursor): ThresholdMetric {
  const token = cursor.peek();
  if (token.kind !== "word") {
    const isK6 = token.kind === "string" && token.text.startsWith("http_req");
    const hint = isK6 ? "one promise a line, without quotes: http_req_duration: p(95)<300" : metricHint;
    cursor.fail(`expected a metric such as p95, found ${describe(token)}`, hint);
  }
  cursor.next();
  const name = token.text.toLowerCase();
  const simple = plain.find((kind) => kind === name);
  if (simple) return { kind: simple };
  if (name === "med") return { kind: "percentile", percent: 50 };
  if (name === "p" && cursor.take("(")) {
    const number = cursor.next();
    if (number.kind !== "number") cursor.fail("expected a percentile such as p(95)", undefined, number);
    cursor.expect(")", "after the percentile");
    return percentile(cursor, number.text, token);
  }
  const digits = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (digits !== undefined) return percentile(cursor, digits, token);
  if (name === "apdex") {
    const hint = "write apdex(300ms) > 0.9";
    if (!cursor.take("(")) cursor.fail("apdex needs the response time that satisfies", hint);
    const target = parseQuantity(cursor, "ms");
    if (target.value <= 0) cursor.fail("the response time that satisfies must be above 0", hint, target.token);
    cursor.expect(")", "after the response time that satisfies");
    return { kind: "apdex", targetMs: target.value };
  }
  return cursor.fail(`unknown metric "${token.text}"`, `did you mean ${nearestMetric(name)}?`, token);
}

function percentile(cursor: Cursor, digits: string, token: ReturnType<Cursor["peek"]>): ThresholdMetric {
  const percent = Number(digits);
  if (percent <= 100) return { kind: "percentile", percent };
  const meant = /^99+$/.test(digits) ? `did you mean p99.${digits.slice(2)}?` : undefined;
  return cursor.fail(`p${digits} is not a percentile: they go from p0 to p100`, meant, token);
}

/** The metric somebody may have meant. */
function nearestMetric(name: string): string {
  return otherWords[name] ?? closest(name, known);
}

const metricHint = "metrics are p0 to p100, avg, min, max, errors, failures, rps, requests, apdex(300ms)";
