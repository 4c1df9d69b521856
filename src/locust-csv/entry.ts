import type { Endpoint } from "../stats/endpoint.ts";
import type { ReportedPercentile } from "../stats/reported-percentiles.ts";
import type { Record } from "./table.ts";

/** What every entry of Locust's, in `_stats` and in `_stats_history`, is known by. */
export function endpointOf(record: Record, column = "Type"): Endpoint {
  const tidy = (text: string, most: number) => text.replaceAll("\u0000", "\uFFFD").slice(0, most);
  return { method: tidy(record.text(column), 100), name: tidy(record.text("Name"), 2000) };
}

/** The row of all entries together has this name and no type. */
export function isAggregated({ method, name }: Endpoint): boolean {
  return method === "" && name === "Aggregated";
}

/** A column of percentiles: `95%`, `99.9%`; whoever patches Locust's list has others. */
export interface PercentileColumn {
  readonly name: string;
  readonly ratio: number;
}

export function percentileColumns(columns: Iterable<string>): PercentileColumn[] {
  return [...columns]
    .flatMap((name) => {
      const percent = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(name)?.[1];
      return percent !== undefined && Number(percent) <= 100 ? [{ name, ratio: tidyRatio(Number(percent)) }] : [];
    })
    .sort((a, b) => a.ratio - b.ratio)
    .slice(0, 100);
}

function tidyRatio(percent: number): number {
  return Math.round(percent * 1e6) / 1e8;
}

/** The percentiles of a record, rising; empty where Locust had none. Null where they fall: then they are garbled. */
export function percentilesOf(
  record: Record,
  columns: readonly PercentileColumn[],
): { readonly column: PercentileColumn; readonly ms: number }[] {
  const list = columns.flatMap((column) => {
    const ms = record.numberOrNull(column.name);
    return ms === null ? [] : [{ column, ms }];
  });
  for (const [i, { column, ms }] of list.entries()) {
    const before = list[i - 1];
    if (before && ms < before.ms)
      record.refuse(column.name, `${ms} is less than "${before.column.name}", ${before.ms}`);
  }
  return list;
}

/**
 * Half the width of what Locust rounds into one value: whole milliseconds below 100, two digits above.
 * @param whole whether values were found that are not rounded so: then they are whole milliseconds, as ours
 */
function roundingMs(ms: number, whole: boolean): number {
  if (whole || ms < 100) return 0.5;
  return ms < 1000 ? 5 : ms < 10_000 ? 50 : 500;
}

/** Whether a value is one that Locust's rounding leaves. */
export function isLocustRounded(ms: number): boolean {
  return ms % (ms < 100 ? 1 : ms < 1000 ? 10 : ms < 10_000 ? 100 : 1000) === 0;
}

/** What the statement of an entry holds: every column but the extremes, which have columns of their own. */
export function statedOf(list: ReturnType<typeof percentilesOf>, whole: boolean): ReportedPercentile[] {
  return list
    .filter(({ column }) => column.ratio > 0 && column.ratio < 1)
    .map(({ column, ms }) => ({ ratio: column.ratio, ms, roundingMs: roundingMs(ms, whole) }));
}
