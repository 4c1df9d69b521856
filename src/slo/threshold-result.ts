import { foreign, joined, ours, type Sentence, saidOf, say } from "../base/sentence.ts";
import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";
import type { EndpointStats } from "../stats/endpoint-stats.ts";
import type { Measured } from "./measure.ts";
import type { ThresholdOutcome, ThresholdResult } from "./promise.ts";
import { sayPromise } from "./say.ts";
import { printMetric, unitOf } from "./threshold/metric.ts";
import { holds } from "./threshold/operator.ts";
import { printThreshold, type Threshold } from "./threshold/threshold.ts";

/** What a promise is held against. */
export interface Subject {
  readonly endpoint: Endpoint | null;
  /** Of the whole judged time. */
  readonly stats: EndpointStats;
}

/** Where a measured number and its interval lie, seen from the limit. */
export function outcomeOf(
  threshold: Threshold,
  { actual, interval }: Measured,
  stats: EndpointStats,
): ThresholdOutcome {
  const { operator, value: expected, metric } = threshold;
  const kept = holds({ actual, operator, expected });
  // Equality is about the number itself; an interval of many values could never meet it.
  if (interval === null || operator === "==" || operator === "!=") return kept ? "pass" : "fail";
  // Nothing failed: the upper bound only says how few requests there were.
  const [low, high] = metric.kind === "errors" && stats.failures === 0 ? [0, 0] : interval;
  const ends = [low, high].filter((end) => holds({ actual: end, operator, expected })).length;
  return ends === 2 ? "pass" : ends === 0 ? "fail" : "undecided";
}

/** The result of a promise that nothing was measured for. */
export function withoutData(threshold: Threshold, endpoint: Endpoint | null, why: Sentence): ThresholdResult {
  const broken = threshold.tier === "warn" ? "warn" : "no-data";
  const subject = subjectOf(threshold, endpoint);
  const optional = ours(threshold.optional ? " (optional)" : "");
  const message = say`no data for ${ours(printMetric(threshold.metric))} of ${subject}: ${why}${optional}`;
  return {
    ...blank(threshold, endpoint),
    actual: null,
    interval: null,
    n: 0,
    outcome: threshold.optional ? "pass" : broken,
    message: message.text,
    said: saidOf(message),
  };
}

/** The result of a promise that was held against a number; the `warn` tier breaks nothing. */
export function withData(
  threshold: Threshold,
  endpoint: Endpoint | null,
  { measured, outcome, said }: { measured: Measured; outcome: ThresholdOutcome; said: Sentence },
): ThresholdResult {
  const message = sentence(threshold, said, outcome);
  return {
    ...blank(threshold, endpoint),
    actual: measured.actual,
    interval: measured.interval,
    n: measured.n,
    outcome: threshold.tier === "warn" && outcome !== "pass" ? "warn" : outcome,
    message: message.text,
    said: saidOf(message),
  };
}

function blank(threshold: Threshold, endpoint: Endpoint | null) {
  const { metric, operator, value, place } = threshold;
  return {
    source: printThreshold(threshold),
    place,
    endpoint,
    metric: printMetric(metric),
    unit: unitOf(metric),
    operator,
    expected: value,
  };
}

/** The endpoint, else the glob that should have matched one, else the total. */
export function subjectOf({ of }: Threshold, endpoint: Endpoint | null): Sentence {
  if (endpoint) return foreign(endpointLabel(endpoint));
  return of === null ? ours("all requests") : say`"${of}"`;
}

function sentence(threshold: Threshold, said: Sentence, outcome: ThresholdOutcome): Sentence {
  const promise = sayPromise(threshold);
  const after =
    outcome === "undecided" ? `promised ${promise}, and the limit lies inside the interval` : `promised ${promise}`;
  return joined([said, ours(after), ...threshold.notes.map(foreign)], "; ");
}
