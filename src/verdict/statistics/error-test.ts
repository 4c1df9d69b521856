import { fisherUpperTail, type Proportion } from "./fisher.ts";
import { robustTest } from "./robust-p.ts";
import { tUpperTail } from "./student-t.ts";

/** Requests and failures of both arms over one window. */
export interface ErrorWindow {
  readonly base: Proportion;
  readonly head: Proportion;
}

export interface ErrorTest {
  readonly base: Proportion;
  readonly head: Proportion;
  readonly t: number;
  /** One-sided by the windows alone. */
  readonly windowP: number;
  /** One-sided: the larger of the windows' and Fisher's. */
  readonly p: number;
}

/**
 * Does the head fail more often? Errors come in bursts, so the windows are the unit: an outage in one window is one
 * event, not as many as it had requests. Fisher's test guards the corner of tiny counts. See
 * docs/statistics.md#side-by-side-base-host.
 */
export function errorTest(windows: readonly ErrorWindow[]): ErrorTest {
  const base = sum(windows.map((window) => window.base));
  const head = sum(windows.map((window) => window.head));
  if (base.requests === 0 || head.requests === 0) return { base, head, t: 0, windowP: 1, p: 1 };
  const differences = errorDifferences(windows, { base, head });
  const { t } = robustTest(differences);
  const windowP = isSteady(differences) ? 0 : tUpperTail({ t, df: windows.length - 1 });
  return { base, head, t, windowP, p: Math.max(windowP, fisherUpperTail({ before: base, after: head })) };
}

/** Per window: by how much more the head failed than the base, each against the overall share. */
export function errorDifferences(
  windows: readonly ErrorWindow[],
  { base, head }: { base: Proportion; head: Proportion },
): number[] {
  const share = (base.failures + head.failures) / (base.requests + head.requests);
  return windows.map(
    (window) =>
      (window.head.failures - share * window.head.requests) / head.requests -
      (window.base.failures - share * window.base.requests) / base.requests,
  );
}

/**
 * Whether every window shows the same excess: a head that fails always has no spread for a test to divide by, and is
 * left to Fisher.
 */
export function isSteady(differences: readonly number[]): boolean {
  const [first = 0] = differences;
  return first > 1e-9 && differences.every((difference) => Math.abs(difference - first) <= 1e-9 * first);
}

/** The same windows with the arms exchanged: does the head fail less often? */
export function exchanged(windows: readonly ErrorWindow[]): ErrorWindow[] {
  return windows.map(({ base, head }) => ({ base: head, head: base }));
}

export function sum(parts: readonly Proportion[]): Proportion {
  let failures = 0;
  let requests = 0;
  for (const part of parts) {
    failures += part.failures;
    requests += part.requests;
  }
  return { failures, requests };
}
