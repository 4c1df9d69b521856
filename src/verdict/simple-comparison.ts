import { endpointLabel } from "../stats/endpoint.ts";
import type { Comparison, ComparisonMetric } from "./comparison.ts";
import type { PastEndpoint, PastRun } from "./history.ts";
import { type CompareSettings, percentileOf, toleranceOf } from "./settings.ts";

/** Fewer requests than this on either side are not compared: the percentile itself would be a guess. */
const fewestRequests = 100;

/**
 * A bare percentage against the median of the stored runs. It knows nothing of noise, which is why its name says
 * `simple-percentage` and its smallest detectable change is not stated; `stored-baseline.ts` is the real method.
 */
export function compareSimply({
  current,
  history,
  settings,
}: {
  current: PastRun;
  history: readonly PastRun[];
  settings: CompareSettings;
}): Comparison[] {
  const out: Comparison[] = [];
  for (const now of current.endpoints) {
    const label = endpointLabel(now.endpoint);
    const before = history.flatMap((run) => run.endpoints.filter((past) => endpointLabel(past.endpoint) === label));
    for (const metric of settings.metrics) {
      if (metric === "stalls" || metric === "suite") continue;
      out.push(compareOne({ metric, now, before, settings }));
    }
  }
  return out;
}

function compareOne({
  metric,
  now,
  before,
  settings,
}: {
  metric: ComparisonMetric;
  now: PastEndpoint;
  before: readonly PastEndpoint[];
  settings: CompareSettings;
}): Comparison {
  const tolerance = toleranceOf(settings, metric);
  const after = metricOf(now, metric);
  const shared = {
    endpoint: now.endpoint,
    metric,
    method: "simple-percentage",
    after,
    p: null,
    tolerance,
    smallestDetectable: null,
    explanation: [],
  } as const;
  const values = before.map((past) => metricOf(past, metric)).filter((value) => value !== null);
  if (values.length === 0 || after === null) {
    const outcome = before.length === 0 ? "no-baseline" : "inconclusive";
    return { ...shared, before: null, change: null, n: now.requests, outcome, warnings: [] };
  }
  const reference = median(values);
  const estimate = metric === "errors" ? after - reference : reference > 0 ? after / reference - 1 : 0;
  const past = metric === "errors" || Math.abs(after - reference) >= settings.minEffectMs;
  const fewest = Math.min(now.requests, ...before.map((run) => run.requests));
  const outcome =
    fewest < fewestRequests
      ? "inconclusive"
      : past && estimate > tolerance
        ? "regressed"
        : past && estimate < -tolerance
          ? "improved"
          : "unchanged";
  return {
    ...shared,
    before: reference,
    change: { estimate, low: null, high: null },
    n: now.requests + before.reduce((sum, run) => sum + run.requests, 0),
    outcome,
    warnings: fewest < fewestRequests ? [`only ${fewest} requests on one side; ${fewestRequests} are needed`] : [],
  };
}

function metricOf(run: PastEndpoint, metric: ComparisonMetric): number | null {
  if (metric === "errors") return run.requests === 0 ? null : run.failures / run.requests;
  const ratio = percentileOf(metric);
  return ratio === null || run.latencies.count === 0 ? null : run.latencies.quantile(ratio);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const high = sorted[half] as number;
  return sorted.length % 2 === 1 ? high : ((sorted[half - 1] as number) + high) / 2;
}
