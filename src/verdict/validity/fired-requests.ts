import { joined, ours, type Sentence, say } from "../../base/sentence.ts";
import { endpointLabel } from "../../stats/endpoint.ts";
import { type RunResult, type Warning, warning } from "../../stats/run-result.ts";
import type { SummaryRow } from "../../stats/summary.ts";

/** Shares of fired requests that differ by more than this between the arms were not made by the same code. */
const shareApart = 0.05;
const namesShown = 3;

/**
 * Requests that a locustfile fires itself carry times of its own. For a protocol without a client of ours that is what
 * `events.request` is for. Beside the client's own requests under one name they dilute what was measured, and where the
 * two versions were measured in different ways they are not comparable: both are said. Null where neither happened.
 */
export function firedRequests({ summary }: Pick<RunResult, "summary">): Warning | null {
  const rows = summary.endpoints;
  const mixed = rows.filter(({ fired, requests }) => fired > 0 && fired < requests);
  const apart = rows.filter(({ arm, endpoint, ...head }) => {
    const base = rows.find((row) => row.arm === "base" && isSame(row, { endpoint }));
    return arm === "head" && base !== undefined && Math.abs(shareOf(head) - shareOf(base)) > shareApart;
  });
  const said = [
    ...some(mixed, "beside requests of the client under the same name", inWords),
    ...some(apart, "in different shares on the two versions", (row) => {
      const base = rows.find((other) => other.arm === "base" && isSame(other, row));
      return say`${endpointLabel(row.endpoint)} (${ours(percent(row))} now, ${ours(base ? percent(base) : "none")} before)`;
    }),
  ];
  if (said.length === 0) return null;
  return warning(
    "fired-requests",
    say`The locustfile fired requests of its own, with times of its own, ${joined(said, "; ")}. What they say is the locustfile's word, not a measurement.`,
  );
}

function some(rows: readonly SummaryRow[], where: string, words: (row: SummaryRow) => Sentence): Sentence[] {
  if (rows.length === 0) return [];
  const names = rows.slice(0, namesShown).map(words);
  if (rows.length > namesShown) names.push(say`and ${rows.length - namesShown} more`);
  return [say`${ours(where)}: ${joined(names, ", ")}`];
}

function inWords({ arm, endpoint, fired, requests }: SummaryRow): Sentence {
  return say`${fired} of ${requests} requests of ${endpointLabel(endpoint)}${ours(arm === "base" ? " on the base version" : "")}`;
}

function isSame(row: SummaryRow, { endpoint }: Pick<SummaryRow, "endpoint">): boolean {
  return row.endpoint.method === endpoint.method && row.endpoint.name === endpoint.name;
}

function shareOf({ fired, requests }: Pick<SummaryRow, "fired" | "requests">): number {
  return requests === 0 ? 0 : fired / requests;
}

function percent(row: SummaryRow): string {
  return `${Math.round(100 * shareOf(row))} %`;
}
