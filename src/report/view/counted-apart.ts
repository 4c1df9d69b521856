import { endpointLabel } from "../../stats/endpoint.ts";
import type { Report } from "../document/report.ts";
import { counted, formatCount } from "./format.ts";
import { oneLine } from "./safe-text.ts";

/** Requests that are counted among an endpoint's own and shown apart as well, by the name of their count. */
const kinds = {
  retried: {
    label: "Sent a second time",
    what: "whose kept connection the target closed as they came",
    heading: "Sent a second time, as the target closed the kept connection",
  },
  fired: {
    label: "Measured by the locustfile",
    what: "fired by the locustfile, with times of its own",
    heading: "Measured by the locustfile itself, not by the client",
  },
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];

interface Row {
  readonly name: string;
  readonly apart: number;
  readonly requests: number;
}

/** Endpoints of one arm that have such requests; most first. */
function rowsOf(report: Report, kind: Kind): Row[] {
  return report.endpoints
    .flatMap(({ endpoint, head, base }) =>
      [head, base].flatMap((numbers, i): Row[] => {
        const apart = numbers?.[kind];
        if (!numbers || apart === undefined) return [];
        return [
          { name: `${endpointLabel(endpoint)}${i === 1 ? " (base version)" : ""}`, apart, requests: numbers.requests },
        ];
      }),
    )
    .sort((a, b) => b.apart - a.apart);
}

/** How many requests of each kind there were, and of which endpoints; nothing where there were none. */
export function countedApartFacts(report: Report): { label: string; value: string; outside: string[] }[] {
  return kindNames.flatMap((kind) => {
    const rows = rowsOf(report, kind);
    if (rows.length === 0) return [];
    const { label, what } = kinds[kind];
    const sum = rows.reduce((total, { apart }) => total + apart, 0);
    const outside = rows.slice(0, 10).map(({ name, apart, requests }) => `${name}: ${apart} of ${requests}`);
    return [{ label, value: `${counted(sum, "request")} ${what}`, outside }];
  });
}

/** The same for a terminal, below Locust's tables; no table where there were none. */
export function countedApartTables(report: Report): string[] {
  return kindNames.flatMap((kind) => {
    const rows = rowsOf(report, kind);
    if (rows.length === 0) return [];
    const lines = rows
      .slice(0, 50)
      .map(({ name, apart }) => `${formatCount(apart).padEnd(18)} ${oneLine(name, 200).replaceAll("##[", "# #[")}`);
    const head = [kinds[kind].heading, `${`# ${kind}`.padEnd(18)} Request`];
    return [[...head, `${"-".repeat(18)}|${"-".repeat(60)}`, ...lines, ""].join("\n")];
  });
}
