import { endpointLabel } from "../../stats/endpoint.ts";
import { shownPercentiles } from "../../stats/summary.ts";
import type { Report, ReportNumbers } from "../document/report.ts";
import { formatChange, formatMs, formatPercent, plain } from "./format.ts";
import { oneLine } from "./safe-text.ts";

const columns = ["endpoint", "p50", "p95", "p95 changed by", "errors", ""] as const;
const longestName = 60;

/** Both versions beside each other, for a terminal: `before → after`, one line an endpoint; empty without a base. */
export function versionsTable(report: Report): string {
  const rows = report.endpoints.flatMap(({ endpoint, head, base, change, outcome }) =>
    head && base
      ? [
          [
            oneLine(endpointLabel(endpoint), longestName).replaceAll("##[", "# #["),
            times(base, head, 0.5),
            times(base, head, 0.95),
            change === null ? "" : plain(formatChange(change.estimate)),
            plain(`${formatPercent(base.errorRatio)} → ${formatPercent(head.errorRatio)}`),
            outcome ?? "",
          ],
        ]
      : [],
  );
  if (rows.length === 0) return "";
  const all = [[...columns], ...rows];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => (row[at] ?? "").length)));
  const lines = all.map((row) =>
    row
      .map((cell, at) => pad(cell, { at, width: widths[at] ?? 0 }))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n\n`;
}

function times(base: ReportNumbers, head: ReportNumbers, ratio: (typeof shownPercentiles)[number]): string {
  const at = shownPercentiles.indexOf(ratio);
  return plain(`${formatMs(base.percentilesMs[at] ?? null)} → ${formatMs(head.percentilesMs[at] ?? null)}`);
}

function pad(cell: string, { at, width }: { readonly at: number; readonly width: number }): string {
  return at === 0 || at === columns.length - 1 ? cell.padEnd(width) : cell.padStart(width);
}
