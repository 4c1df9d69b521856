import { formatCount, formatMoment, formatMs, formatPercent, formatRate, plain } from "./view/format.ts";

/** Where a run stands. */
export interface ProgressState {
  /** Since the start signal, milliseconds. */
  readonly elapsedMs: number;
  /** Of the whole run, ramp included; null where nobody knows. */
  readonly totalMs: number | null;
  readonly phase: string;
  readonly users: number;
  readonly targetUsers: number;
  /** Over the last seconds. */
  readonly rps: number;
  readonly p95Ms: number | null;
  /** Since the start. */
  readonly requests: number;
  readonly failures: number;
}

/** One line an update: `00:12/01:10 steady · 10 users · 83.1/s · p95 41 ms · 997 requests · 2 failures (0.2 %)`. */
export function progressLine(state: ProgressState): string {
  const total = state.totalMs === null ? "" : `/${formatMoment(state.totalMs)}`;
  const users = state.users === state.targetUsers ? formatCount(state.users) : `${state.users}/${state.targetUsers}`;
  const share = state.requests === 0 ? 0 : state.failures / state.requests;
  const failures =
    state.failures === 0 ? "no failures" : `${formatCount(state.failures)} failed (${formatPercent(share)})`;
  return plain(
    [
      `${formatMoment(state.elapsedMs)}${total} ${state.phase}`,
      `${users} users`,
      formatRate(state.rps),
      `p95 ${formatMs(state.p95Ms)}`,
      `${formatCount(state.requests)} requests`,
      failures,
    ].join(" · "),
  );
}

/**
 * The same as a redraw of the terminal's current line: back to its start, a bar where the length is known, the rest of
 * the line cleared. Write it without a newline; end with `redrawEnd`.
 */
export function redrawLine(state: ProgressState, columns = 80): string {
  const share = state.totalMs === null ? null : Math.min(1, Math.max(0, state.elapsedMs / Math.max(1, state.totalMs)));
  const bar = share === null ? "" : `[${"#".repeat(Math.round(share * 12)).padEnd(12, ".")}] `;
  return `\r${(bar + progressLine(state)).slice(0, Math.max(10, columns - 1))}\u001b[K`;
}

/** Leaves the redrawn line as it stands and goes on below it. */
export const redrawEnd = "\n";
