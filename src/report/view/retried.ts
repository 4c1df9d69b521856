import { type Endpoint, endpointLabel } from "../../stats/endpoint.ts";
import type { Report } from "../document/report.ts";
import { counted, formatCount } from "./format.ts";
import { oneLine } from "./safe-text.ts";

/** Endpoints of one arm whose requests met a closing connection and were sent a second time; most first. */
function retriedOf(report: Report): { endpoint: Endpoint; onBase: boolean; retried: number; requests: number }[] {
  return report.endpoints
    .flatMap(({ endpoint, head, base }) =>
      [head, base].flatMap((numbers, i) =>
        numbers?.retried === undefined
          ? []
          : [{ endpoint, onBase: i === 1, retried: numbers.retried, requests: numbers.requests }],
      ),
    )
    .sort((a, b) => b.retried - a.retried);
}

const label = (row: { endpoint: Endpoint; onBase: boolean }) =>
  `${endpointLabel(row.endpoint)}${row.onBase ? " (base version)" : ""}`;

/** How many requests were sent a second time, and of which endpoints; nothing where none was. */
export function retriedFact(report: Report): { label: string; value: string; outside: string[] }[] {
  const rows = retriedOf(report);
  if (rows.length === 0) return [];
  const sum = rows.reduce((total, { retried }) => total + retried, 0);
  const value = `${counted(sum, "request")} whose kept connection the target closed as they came`;
  const outside = rows.slice(0, 10).map((row) => `${label(row)}: ${row.retried} of ${row.requests}`);
  return [{ label: "Sent a second time", value, outside }];
}

/** The same for a terminal, below Locust's tables; empty where none was. */
export function retriedTable(report: Report): string {
  const rows = retriedOf(report);
  if (rows.length === 0) return "";
  const lines = rows
    .slice(0, 50)
    .map((row) => `${formatCount(row.retried).padEnd(18)} ${oneLine(label(row), 200).replaceAll("##[", "# #[")}`);
  const head = ["Sent a second time, as the target closed the kept connection", `${"# retried".padEnd(18)} Request`];
  return [...head, `${"-".repeat(18)}|${"-".repeat(60)}`, ...lines, ""].join("\n");
}
