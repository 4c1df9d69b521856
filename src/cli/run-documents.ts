import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanData, Redactor } from "../base/redact.ts";
import type { Unwritten, WrittenRun } from "../gate/gate-context.ts";
import { saveDocuments } from "../gate/write-reports.ts";
import { errorReport, percentilesTable, renderConsole, statsTable, tablesOf } from "../report/console.ts";
import type { Report } from "../report/document/report.ts";
import { renderHtml } from "../report/html/html.ts";
import { renderJunit } from "../report/junit.ts";
import { type LocustCsv, renderCsv } from "../report/locust/csv.ts";
import { renderLocustJson } from "../report/locust/locust-json.ts";
import { countedApartTables } from "../report/view/counted-apart.ts";
import { encodeResult } from "../stats/document/result-document.ts";
import type { ExceptionGroup } from "../stats/failures.ts";
import type { OutputPaths } from "./output-paths.ts";

export { renderLocustJson };

/** Writes every file the options ask for, each by itself; gives those that could not be. */
export async function writeFiles(
  report: Report,
  told: WrittenRun,
  { paths, secrets }: { paths: OutputPaths; secrets: readonly string[] },
): Promise<Unwritten[]> {
  const { result } = told;
  const redactor = new Redactor(secrets);
  // Not copied: copying removes its target where it fails, were that a device.
  const raw = paths.result && (await readFile(join(told.directory, "result.json"), "utf8").catch(() => null));
  const { csv } = paths;
  return [
    ...(csv
      ? await writeCsv(csv.prefix, cleanData(redactor, renderCsv(result, { fullHistory: csv.fullHistory })))
      : []),
    ...(await saveDocuments("", {
      ...(paths.result && { [paths.result]: () => raw ?? encodeResult(result) }),
      ...(paths.html && { [paths.html]: () => renderHtml(report) }),
      ...(paths.junit && { [paths.junit]: () => renderJunit(report) }),
      ...(paths.json && { [paths.json]: () => renderLocustJson(result) }),
    })),
  ];
}

/** Locust's four files; gives those that could not be written. */
export async function writeCsv(prefix: string, files: LocustCsv): Promise<Unwritten[]> {
  return await saveDocuments("", {
    [`${prefix}_stats.csv`]: () => files.stats,
    [`${prefix}_stats_history.csv`]: () => files.statsHistory,
    [`${prefix}_failures.csv`]: () => files.failures,
    [`${prefix}_exceptions.csv`]: () => files.exceptions,
  });
}

/** What stands on the terminal at the end: Locust's tables, and what the gate has to say where it was asked. */
export function finalTables(
  report: Report,
  { result, verdict }: WrittenRun,
  options: { readonly judges: boolean; readonly columns: number | null },
): string {
  const width = options.columns === null ? {} : { columns: options.columns };
  if (options.judges) return renderConsole(report, width);
  const tables = tablesOf(result.summary);
  const blocks = [
    statsTable(tables, width),
    percentilesTable(tables, width),
    errorReport(tables, width),
    ...countedApartTables(report),
  ];
  const lines = [
    ...result.trouble.exceptions.map(exceptionLine),
    ...(verdict.conclusion === "invalid" ? verdict.reasons : []).map(
      ({ code, message, remedy }) => `invalid: ${code}: ${message}${remedy ? `\n  ${remedy}` : ""}`,
    ),
    ...report.warnings.map(({ message }) => `warning: ${message}`),
  ];
  return `${[...blocks.filter((block) => block !== ""), ...lines].join("\n")}\n`;
}

/** `exception: 3× in Shopper.checkout at locustfile.ts:12:7: items is not iterable` */
function exceptionLine({ count, task, place, message }: ExceptionGroup): string {
  return `exception: ${count}× in ${task}${place ? ` at ${place}` : ""}: ${message}`;
}
