import type { Cell } from "../../src/verdict/side-by-side/series.ts";
import { Counts } from "../../src/verdict/statistics/counts.ts";
import { median } from "../../src/verdict/statistics/screen.ts";
import { tUpperTail } from "../../src/verdict/statistics/student-t.ts";

/** The rules people write by hand, on the p95 of one endpoint (true: regressed). */
export function percentPast(now: number, before: number, percent: number): boolean {
  return now > before * (1 + percent / 100);
}

/** A new value outside the t prediction interval of the old ones, one-sided. */
export function tTest(now: number, past: readonly number[], alpha: number): boolean {
  const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
  const sd = Math.sqrt(past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (past.length - 1));
  return tUpperTail({ t: (now - mean) / (sd * Math.sqrt(1 + 1 / past.length)), df: past.length - 1 }) < alpha;
}

/** Mann and Whitney's test, one-sided, normal approximation: are the second values larger? */
export function mannWhitney(before: readonly number[], after: readonly number[], alpha: number): boolean {
  const all = [...before.map((value) => ({ value, after: false })), ...after.map((value) => ({ value, after: true }))];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]?.value === all[i]?.value) j++;
    for (let k = i; k < j; k++) if (all[k]?.after) ranks += (i + j + 1) / 2;
    i = j;
  }
  const [n, m] = [after.length, before.length];
  const u = ranks - (n * (n + 1)) / 2;
  const z = (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  return tUpperTail({ t: z, df: 1e6 }) < alpha;
}

/** The median of each second: what a Mann–Whitney test over a run is usually fed with. */
export function secondMedians(cells: readonly Cell[]): number[] {
  const out: number[] = [];
  for (let i = 0; i + 1 < cells.length; i += 2) {
    const second = Counts.sum([(cells[i] as Cell).latencies, (cells[i + 1] as Cell).latencies]);
    if (second.total > 0) out.push(second.quantile(0.5));
  }
  return out;
}

export { median };
