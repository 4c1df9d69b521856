import { endpointLabel } from "../stats/endpoint.ts";
import type { BaselineRecord } from "./baseline.ts";

/** So many red runs in a row that agree are no accident any more: it is how fast the target is now. */
const enoughRuns = 3;
/** Of three runs that differ by 10 % (standard deviation), the slowest is rarely (1 in 20) this far above the fastest. */
const widestRatio = 1.4;

/** A new level that three red runs in a row brought. */
export interface AcceptedLevel {
  readonly runs: readonly BaselineRecord[];
  /** What all of them named. */
  readonly what: readonly string[];
}

/**
 * The last new level in a row of runs. A red run is not learnt from, or a slowdown would be forgotten by the runs after
 * it; three in a row that agree are learnt from, or a slowdown that was merged knowingly, or new hardware, would be red
 * for ever.
 * @param records oldest first
 */
export function acceptedLevel(records: readonly BaselineRecord[]): AcceptedLevel | null {
  let streak: BaselineRecord[] = [];
  let found: AcceptedLevel | null = null;
  for (const record of records) {
    if (!record.regressed) streak = [];
    else if (record.regressed.ofBranch) streak.push(record);
    const runs = streak.slice(-enoughRuns);
    const what = runs.length === enoughRuns ? agreed(runs) : [];
    if (what.length === 0) continue;
    found = { runs, what };
    streak = [];
  }
  return found;
}

/** What all runs found worse; empty where they do not agree by how much. */
function agreed(runs: readonly BaselineRecord[]): string[] {
  const [first, ...others] = runs.map(({ regressed }) => regressed?.what ?? []);
  const named = (first ?? []).filter((name) => others.every((what) => what.includes(name)));
  return named.every((name) => spanOf(runs.map((run) => levelOf(run, name))) <= widestRatio) ? named : [];
}

function spanOf(levels: readonly (number | null)[]): number {
  const known = levels.filter((level) => level !== null);
  return known.length === 0 ? 1 : Math.max(...known) / Math.min(...known);
}

/** A percentile in milliseconds, or for the whole suite the geometric mean of medians; null of error rates. */
function levelOf({ endpoints }: BaselineRecord, name: string): number | null {
  if (name === "suite") {
    const logs = endpoints
      .filter(({ latencies }) => latencies.count > 0)
      .map(({ latencies }) => Math.log(latencies.quantile(0.5)));
    return logs.length === 0 ? null : Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
  }
  const [, label, percent] = /^(.*) p(\d+(?:\.\d+)?)$/s.exec(name) ?? [];
  const one = endpoints.find(({ endpoint }) => endpointLabel(endpoint) === label);
  return one && one.latencies.count > 0 ? one.latencies.quantile(Number(percent) / 100) : null;
}
