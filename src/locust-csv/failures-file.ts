import type { ExceptionGroup, FailureGroup, FailureKind } from "../stats/failures.ts";
import { normalizeMessage, shownMessage } from "../stats/failures.ts";
import { endpointOf } from "./entry.ts";
import { entryKey } from "./history-file.ts";
import { type CsvFile, refuse } from "./rows.ts";
import { tableOf } from "./table.ts";

/** Different failures of `_failures.csv`, numbers in their texts aside. */
const mostFailures = 10_000;
/** Groups of `_exceptions.csv` that are kept. */
const mostExceptions = 1000;

/** What Python's libraries call a failure, by what it is here; the first that matches. */
const kinds: readonly (readonly [RegExp, FailureKind])[] = [
  [/^(?:HTTPError\(|BadStatusCode|HTTP Error )|\b[45]\d\d (?:Client|Server) Error\b/, "status"],
  [/^CatchResponseError\(/, "check"],
  [/Timeout|timed out/i, "timeout"],
  [/NameResolution|getaddrinfo|gaierror|Name or service not known/i, "dns"],
  [/SSL|certificate/i, "tls"],
  [/ConnectionReset|RemoteDisconnected|Broken ?Pipe|IncompleteRead|ChunkedEncoding/i, "reset"],
  [/ConnectionRefused|NewConnectionError|Connection refused|unreachable|No route/i, "connect"],
  [/TooManyRedirects/i, "redirects"],
];

/** Reads `_failures.csv`; times are null where Locust is too old to tell them. Throws GateError `csv-unreadable`. */
export function readFailures(file: CsvFile, otherwiseMs: { first: number; last: number }): FailureGroup[] {
  const { records } = tableOf(file, ["Method", "Name", "Error", "Occurrences"]);
  const groups = new Map<string, FailureGroup>();
  for (const record of records) {
    const error = record.text("Error");
    const seen = { first: Date.parse(record.text("First Seen")), last: Date.parse(record.text("Last Seen")) };
    const group: FailureGroup = {
      arm: "head",
      endpoint: endpointOf(record, "Method"),
      // Newer versions write what a locustfile said itself without any class around it.
      kind: kinds.find(([pattern]) => pattern.test(error))?.[1] ?? "check",
      message: shownMessage(error),
      count: record.count("Occurrences"),
      firstMs: Number.isFinite(seen.first) ? seen.first : otherwiseMs.first,
      lastMs: Number.isFinite(seen.last) ? seen.last : otherwiseMs.last,
      samples: [],
    };
    // Locust has a row for every text; here numbers in texts make no difference.
    const key = JSON.stringify([entryKey(group.endpoint), group.kind, normalizeMessage(error)]);
    const known = groups.get(key);
    groups.set(key, known ? together(known, group) : group);
    if (groups.size > mostFailures) {
      refuse(file, null, `has more than ${mostFailures} different failures, the most that can be read`);
    }
  }
  return [...groups.values()];
}

function together(a: FailureGroup, b: FailureGroup): FailureGroup {
  return {
    ...a,
    count: a.count + b.count,
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
  };
}

/** Reads `_exceptions.csv`: what a locustfile threw outside of any request. Throws GateError `csv-unreadable`. */
export function readExceptions(file: CsvFile, otherwiseMs: { first: number; last: number }): ExceptionGroup[] {
  const { records } = tableOf(file, ["Count", "Message", "Traceback"]);
  return [...records].slice(0, mostExceptions).map((record) => {
    const trace = record.text("Traceback");
    return {
      message: record.text("Message").slice(0, 8000),
      trace: trace.slice(-20_000),
      task: placeOf(trace),
      count: record.count("Count"),
      firstMs: otherwiseMs.first,
      lastMs: otherwiseMs.last,
    };
  });
}

/** The function a traceback ends in, with its file's name and line. */
function placeOf(trace: string): string {
  const last = trace
    .split("\n")
    .slice(-200)
    .findLast((line) => line.startsWith('  File "'));
  const [, path = "", line = "", name = ""] =
    /^ {2}File "([^"]{1,500})", line (\d{1,9}), in (.{1,200})$/.exec(last ?? "") ?? [];
  return name === "" ? "a task" : `${name.trim()} (${path.split(/[\\/]/).at(-1)}:${line})`;
}
