import { endpointLabel } from "../../stats/endpoint.ts";
import { isSteady, sum } from "../statistics/error-test.ts";
import { fisherUpperTail, type Proportion } from "../statistics/fisher.ts";
import { newcombe } from "../statistics/newcombe.ts";
import { predict } from "../statistics/prediction.ts";
import { robustTest } from "../statistics/robust-p.ts";
import type { PastEndpoint, PastRun } from "./history.ts";
import { find } from "./past-table.ts";

/** Runs from which on their own spread of error rates counts. */
const enoughRuns = 3;
const z95 = 1.959964;

export interface StoredErrors {
  readonly before: Proportion;
  readonly after: Proportion;
  readonly up: number;
  /** Stored runs that have the endpoint. */
  readonly runs: number;
  readonly interval: { readonly low: number; readonly high: number };
}

/**
 * Does the new run fail more often than the stored ones? The largest of three chances, each blind to something:
 * Fisher's (tiny counts), that of the run's own windows against the old rate (one outage is one event), and from three
 * runs on the prediction over their rates (a target whose error rate differs from day to day).
 * @param windows the new run's endpoint, window by window
 */
export function storedErrors({
  now,
  runs,
  windows,
}: {
  now: PastEndpoint;
  runs: readonly PastRun[];
  windows: readonly Proportion[];
}): StoredErrors | null {
  const label = endpointLabel(now.endpoint);
  const past = runs.map((run) => find(run, label)).filter((run) => run !== undefined && run.requests > 0);
  const before = sum(past as PastEndpoint[]);
  const after = { failures: now.failures, requests: now.requests };
  if (before.requests === 0 || after.requests === 0) return null;
  const ps = [fisherUpperTail({ before, after })];
  const share = before.failures / before.requests;
  if (windows.length >= 5) {
    const excess = windows.map(({ failures, requests }) => failures - share * requests);
    ps.push(isSteady(excess) ? 0 : robustTest(excess).p);
  }
  if (past.length >= enoughRuns) {
    const pooled = (before.failures + after.failures) / (before.requests + after.requests);
    const sd = Math.sqrt((pooled * (1 - pooled)) / after.requests);
    const rates = (past as PastEndpoint[]).map(({ failures, requests }) => failures / requests);
    const next = [after.failures / after.requests];
    if (sd > 0) ps.push(predict({ past: rates, next, prior: { sd, df: 4 }, margin: 0 }).up);
  }
  return { before, after, up: Math.max(...ps), runs: past.length, interval: newcombe({ before, after, z: z95 }) };
}
