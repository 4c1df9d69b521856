import type { RunResult } from "../../src/stats/run-result.ts";

/** What a surface says of the head's judged window. Failures are null where it tells a share instead. */
interface Told {
  readonly requests: number;
  readonly failures: number | null;
}

/** By endpoint as people write it; all requests under `total`. */
export type Tally = ReadonlyMap<string, Told>;

const total = "total";
const labelOf = (method: string, name: string) => `${method} ${name}`.trim();
const whole = (text: string) => Number(text.replaceAll(/[\u202f ]/g, ""));

/** The tally of the result itself: what all surfaces are held against. */
export function resultTally({ summary }: RunResult): Tally {
  const heads = [...summary.endpoints, ...summary.totals].filter(({ arm }) => arm === "head");
  return new Map(
    heads.map(({ endpoint, requests, failures }) => [
      endpoint.method === "" && endpoint.name === "Aggregated" ? total : labelOf(endpoint.method, endpoint.name),
      { requests, failures },
    ]),
  );
}

/** Of Locust's first table, whose names have no blanks here. */
export function consoleTally(text: string): Tally {
  const [table = ""] = text.split("Response time percentiles");
  const rows = table.matchAll(/^(\S*) +(\S+) +(\d+) +(\d+)\(\d+\.\d\d%\) \|/gm);
  return new Map(
    [...rows].map(([, method = "", name = "", requests, failures]) => [
      name === "Aggregated" ? total : labelOf(method, name),
      { requests: Number(requests), failures: Number(failures) },
    ]),
  );
}

/** Of Locust's `_stats.csv`, whose names have no commas here. */
export function csvTally(text: string): Tally {
  const rows = text.trim().split(/\r?\n/).slice(1);
  return new Map(
    rows.map((row) => {
      const [method = "", name = "", requests, failures] = row.split(",");
      return [
        name === "Aggregated" ? total : labelOf(method, name),
        { requests: Number(requests), failures: Number(failures) },
      ];
    }),
  );
}

interface Entry {
  readonly method: string;
  readonly name: string;
  readonly num_requests: number;
  readonly num_failures: number;
}

/** Of Locust's `--json`, which has no total of its own. */
export function jsonTally(entries: readonly Entry[]): Tally {
  const sum = (of: (entry: Entry) => number) => entries.reduce((all, entry) => all + of(entry), 0);
  return new Map([
    ...entries.map(({ method, name, ...counts }): [string, Told] => [
      labelOf(method, name),
      { requests: counts.num_requests, failures: counts.num_failures },
    ]),
    [total, { requests: sum((entry) => entry.num_requests), failures: sum((entry) => entry.num_failures) }],
  ]);
}

/** Of the page's table of endpoints, with its foot. */
export function htmlTally(page: string): Tally {
  const table = /<table id="endpoints"[\s\S]*?<\/table>/.exec(page)?.[0] ?? "";
  const heads = [...table.matchAll(/<th scope="col"[^>]*><button[^>]*>([^<]*)</g)].map(([, head = ""]) => head);
  const rows = [...table.matchAll(/<tr[^>]*>(<th scope="row">.*?)<\/tr>/g)].map(([, row = ""]) => {
    const cells = [...row.matchAll(/<t[hd][^>]*>([^<]*)</g)].map(([, cell = ""]) => cell);
    const cell = (head: string) => whole(cells[heads.indexOf(head)] ?? "");
    const name = cells[0] === "All requests" ? total : (cells[0] ?? "");
    return [name, { requests: cell("Requests"), failures: cell("Failures") }] as const;
  });
  return new Map(rows);
}

/** Of the comment's or the summary's table of endpoints; failures stand as a share there, and in full for the total. */
export function markdownTally(text: string): Tally {
  const rows = text.matchAll(/^\| [^|]*\| (all requests|`[^`]+`) \| ([\d\u202f]+) \|/gm);
  const failed = /<summary>Failures \(([\d\u202f]+) of/.exec(text)?.[1] ?? "0";
  return new Map(
    [...rows].map(([, name = "", requests = ""]): [string, Told] =>
      name === "all requests"
        ? [total, { requests: whole(requests), failures: whole(failed) }]
        : [name.slice(1, -1), { requests: whole(requests), failures: null }],
    ),
  );
}

/** The same without the failures that a surface does not tell in full. */
export function asTold(expected: Tally, by: Tally): Tally {
  return new Map(
    [...expected].map(([name, told]) => [name, by.get(name)?.failures === null ? { ...told, failures: null } : told]),
  );
}
