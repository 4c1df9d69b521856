import type { ExceptionGroup, FailureGroup, FailureKind } from "../stats/failures.ts";
import { normalizeMessage } from "../stats/failures.ts";
import { endpointOf } from "./entry.ts";
import type { CsvFile } from "./rows.ts";
import { tableOf } from "./table.ts";

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
  return [...records].map((record) => {
    const error = record.text("Error");
    const first = Date.parse(record.text("First Seen"));
    const last = Date.parse(record.text("Last Seen"));
    return {
      arm: "head",
      endpoint: endpointOf(record, "Method"),
      // Newer versions write what a locustfile said itself without any class around it.
      kind: kinds.find(([pattern]) => pattern.test(error))?.[1] ?? "check",
      message: normalizeMessage(error),
      count: record.count("Occurrences"),
      firstMs: Number.isFinite(first) ? first : otherwiseMs.first,
      lastMs: Number.isFinite(last) ? last : otherwiseMs.last,
      samples: [],
    };
  });
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
