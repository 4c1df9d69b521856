import { blockMs } from "../../stats/snapshot.ts";
import type { JudgedTime } from "./judged-time.ts";
import type { Trouble } from "./trouble.ts";

const fewestFailures = 10;
/** Of all failures, within so much of the judged time. */
const burstShare = 0.8;
const longestShare = 0.2;

/** Failures that all came at once: an outage, a restart, a deployment in the middle of the run. */
export function errorBurst({ courses, atMs }: JudgedTime): Trouble | null {
  const failures = atMs.map((_, i) => courses.reduce((sum, { steps }) => sum + (steps[i]?.failures ?? 0), 0));
  const all = failures.reduce((sum, count) => sum + count, 0);
  if (all < fewestFailures) return null;
  const most = Math.floor(longestShare * atMs.length);
  let best: { from: number; length: number; count: number } | null = null;
  for (let from = 0; from < failures.length; from++) {
    let count = 0;
    for (let i = from; i < Math.min(failures.length, from + most); i++) {
      count += failures[i] as number;
      const length = i - from + 1;
      if (count >= burstShare * all && (!best || length < best.length)) best = { from, length, count };
    }
  }
  if (!best) return null;
  const failing = courses.filter(({ steps }) => steps.some((step) => step && step.failures > 0));
  const [only] = failing;
  return {
    kind: "error-burst",
    endpoint: failing.length === 1 && only ? only.endpoint : null,
    count: best.count,
    of: all,
    endpoints: failing.length,
    lastedMs: best.length * blockMs,
    atMs: atMs[best.from] ?? 0,
  };
}
