import { endpointLabel } from "../../stats/endpoint.ts";
import type { Report } from "../document/report.ts";
import { counted, formatCount } from "./format.ts";
import { oneLine } from "./safe-text.ts";

interface FiredRow {
  readonly name: string;
  readonly fired: number;
  readonly requests: number;
}

/** Endpoints of one arm with requests that the locustfile measured itself; most first. */
function firedOf(report: Report): FiredRow[] {
  return report.endpoints
    .flatMap(({ endpoint, head, base }) =>
      [head, base].flatMap((numbers, i) =>
        numbers?.fired === undefined
          ? []
          : [
              {
                name: `${endpointLabel(endpoint)}${i === 1 ? " (base version)" : ""}`,
                fired: numbers.fired,
                requests: numbers.requests,
              },
            ],
      ),
    )
    .sort((a, b) => b.fired - a.fired);
}

/** How many requests the locustfile measured itself, and of which endpoints; nothing where there were none. */
export function firedFact(report: Report): { label: string; value: string; outside: string[] }[] {
  const rows = firedOf(report);
  if (rows.length === 0) return [];
  const sum = rows.reduce((total, { fired }) => total + fired, 0);
  const value = `${counted(sum, "request")} fired by the locustfile, with times of its own`;
  const outside = rows.slice(0, 10).map(({ name, fired, requests }) => `${name}: ${fired} of ${requests}`);
  return [{ label: "Measured by the locustfile", value, outside }];
}

/** The same for a terminal, below Locust's tables; empty where there were none. */
export function firedTable(report: Report): string {
  const rows = firedOf(report);
  if (rows.length === 0) return "";
  const lines = rows
    .slice(0, 50)
    .map(({ name, fired }) => `${formatCount(fired).padEnd(18)} ${oneLine(name, 200).replaceAll("##[", "# #[")}`);
  const head = ["Measured by the locustfile itself, not by the client", `${"# fired".padEnd(18)} Request`];
  return [...head, `${"-".repeat(18)}|${"-".repeat(60)}`, ...lines, ""].join("\n");
}
