import { endpointLabel } from "../stats/endpoint.ts";
import { apportion, keyOf, type Share } from "./cells.ts";
import { entryKey, type History } from "./history-file.ts";
import { type CsvFile, refuse } from "./rows.ts";
import type { StatsFile } from "./stats-file.ts";

/** More cells than these have no room in memory, some 500 MB: then no entry has a course. */
const mostCells = 500_000;

/** Without a course of its own an entry is given that of all, as long as there is room for it. */
export function takesCourseOfAll(history: History, { entries }: StatsFile): boolean {
  return history.courses.size === 0 && entries.length * history.total.points.length <= mostCells;
}

export type Shares = ReadonlyMap<string, readonly Share[]>;

/** When each entry's requests were made, as far as it is known: by its own course, by that of all, or not at all. */
export function sharesOf(
  stats: StatsFile,
  { history, length, file }: { history: History | null; length: number; file: CsvFile | null },
): Shares {
  const { entries } = stats;
  const slotOf = (second: number) => Math.min(length - 1, Math.max(0, second - (history?.fromSecond ?? 0) - 1));
  const last = { slot: length - 1, percentiles: [] };
  return new Map(
    entries
      .filter(({ requests }) => requests > 0)
      .map((entry): [string, Share[]] => {
        const { requests, failures } = entry;
        const own = history?.courses.get(entryKey(entry.endpoint));
        if (own && file) {
          const told = own.points.reduce((sum, point) => sum + point.requests, 0);
          const failed = own.points.reduce((sum, point) => sum + point.failures, 0);
          if (told > requests || failed > failures) {
            const name = endpointLabel(entry.endpoint).slice(0, 100);
            refuse(
              file,
              null,
              `has ${told} requests of ${name} (${failed} failed), _stats.csv ${requests} (${failures})`,
            );
          }
          const points = own.points.map((point) => ({ ...point, slot: slotOf(point.second) }));
          return [keyOf(entry), [...points, { ...last, requests: requests - told, failures: failures - failed }]];
        }
        if (!history || !takesCourseOfAll(history, stats)) return [keyOf(entry), [{ ...last, requests, failures }]];
        const { points } = history.total;
        const made = apportion(
          requests,
          points.map((point) => point.requests),
        );
        const failing = apportion(
          failures,
          points.map((point) => point.failures),
        );
        return [
          keyOf(entry),
          points.map(({ second }, i) => ({
            slot: slotOf(second),
            requests: made[i] as number,
            failures: failing[i] as number,
            percentiles: [],
          })),
        ];
      }),
  );
}
