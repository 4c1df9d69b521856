import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanData, Redactor } from "../base/redact.ts";
import type { Told } from "../gate/world.ts";
import { errorReport, percentilesTable, renderConsole, statsTable, tablesOf } from "../report/console.ts";
import { type LocustCsv, renderCsv } from "../report/csv.ts";
import { renderHtml } from "../report/html.ts";
import { renderJunit } from "../report/junit.ts";
import { renderLocustJson } from "../report/locust-json.ts";
import type { Report } from "../report/report.ts";
import { retriedTable } from "../report/retried.ts";
import type { OutputPaths } from "./output-paths.ts";

export { renderLocustJson };

/** Writes every file the options ask for. */
export async function writeFiles(
  report: Report,
  told: Told,
  { paths, secrets }: { paths: OutputPaths; secrets: readonly string[] },
): Promise<void> {
  const { result } = told;
  const redactor = new Redactor(secrets);
  if (paths.result) await copyFile(join(told.directory, "result.json"), paths.result);
  if (paths.csv) {
    await writeCsv(paths.csv.prefix, cleanData(redactor, renderCsv(result, { fullHistory: paths.csv.fullHistory })));
  }
  if (paths.html) await writeFile(paths.html, renderHtml(report));
  if (paths.junit) await writeFile(paths.junit, renderJunit(report));
  if (paths.json) await writeFile(paths.json, renderLocustJson(result));
}

/** Locust's four files. */
export async function writeCsv(prefix: string, files: LocustCsv): Promise<void> {
  await Promise.all([
    writeFile(`${prefix}_stats.csv`, files.stats),
    writeFile(`${prefix}_stats_history.csv`, files.statsHistory),
    writeFile(`${prefix}_failures.csv`, files.failures),
    writeFile(`${prefix}_exceptions.csv`, files.exceptions),
  ]);
}

/** What stands on the terminal at the end: Locust's tables, and what the gate has to say where it was asked. */
export function finalTables(
  report: Report,
  { result, verdict }: Told,
  options: { readonly judges: boolean; readonly columns: number | null },
): string {
  const width = options.columns === null ? {} : { columns: options.columns };
  if (options.judges) return renderConsole(report, width);
  const tables = tablesOf(result.summary);
  const blocks = [
    statsTable(tables, width),
    percentilesTable(tables, width),
    errorReport(tables, width),
    retriedTable(report),
  ];
  const lines = [
    ...result.trouble.exceptions.map(({ count, task, message }) => `exception: ${count}× in ${task}: ${message}`),
    ...(verdict.conclusion === "invalid" ? verdict.reasons : []).map(
      ({ code, message, remedy }) => `invalid: ${code}: ${message}${remedy ? `\n  ${remedy}` : ""}`,
    ),
    ...report.warnings.map(({ message }) => `warning: ${message}`),
  ];
  return `${[...blocks.filter((block) => block !== ""), ...lines].join("\n")}\n`;
}
