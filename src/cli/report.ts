import { ExitCode, UsageError } from "../base/errors.ts";
import { nearMiss } from "../config/fields.ts";
import { locustPrefix } from "../gate/results/locust-files.ts";
import { renderConsole } from "../report/console.ts";
import { parseReport, type Render, renderJson } from "../report/document/report.ts";
import { renderHtml } from "../report/html/html.ts";
import { renderJunit } from "../report/junit.ts";
import { renderCsv } from "../report/locust/csv.ts";
import { renderMarkdown } from "../report/markdown/markdown.ts";
import { type FileCommand, parseFileCommand, resultOf, textOf } from "./file-command.ts";
import { judgeCommand, judged, noPast } from "./judge.ts";
import { writeCsv } from "./run-documents.ts";
import type { Terminal } from "./terminal.ts";
import { placeFor, warnUnwritten, writeOutput } from "./written.ts";

const renderers: Readonly<Record<string, Render>> = {
  html: renderHtml,
  markdown: renderMarkdown,
  json: renderJson,
  junit: renderJunit,
  console: renderConsole,
};
const formats = [...Object.keys(renderers), "csv"];

export const reportCommand: FileCommand = {
  name: "report",
  summary: "render a result file (or report.json) as html, markdown, json, csv, junit or console",
  operands: "<result>",
  options: [
    { group: "Output", flags: "--format <format>", help: `${formats.join(", ")} (default: console)` },
    { group: "Output", flags: "-o, --output <file>", help: "write it here instead of stdout; for csv a prefix" },
    ...judgeCommand.options.filter(({ flags }) => /--(slo|config) /.test(flags)),
  ],
};

/** `swarmgate report result.json --format html -o report.html` */
export async function reportFile(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { operands, flags, says } = parseFileCommand(reportCommand, argv);
  const [path = ""] = operands;
  const format = says("format") ?? "console";
  if (!formats.includes(format)) {
    const message = `"${format}" is none of ${formats.join(", ")}${nearMiss(format, formats)}`;
    throw new UsageError([{ where: "--format", message }]);
  }
  const isLocust = locustPrefix(path, terminal.directory) !== null;
  const text = isLocust ? "" : textOf(path, terminal);
  const output = says("output");
  const isReport = /"generatedAt"|"verdict":\s*\{"conclusion"/.test(text.slice(0, 2000));
  if (format === "csv") {
    if (isReport)
      throw new UsageError([{ where: path, message: "csv needs a result.json; a report has no histograms" }]);
    const csv = renderCsv(resultOf(path, terminal).result);
    if (output === undefined) terminal.out(csv.stats);
    else warnUnwritten(await writeCsv(await placeFor(output, terminal), csv), terminal.error);
    return ExitCode.ok;
  }
  const report = isReport
    ? parseReport(text)
    : judged(resultOf(path, terminal).result, { flags, past: noPast, terminal, promises: false }).report;
  const drawn = (renderers[format] as Render)(report);
  if (output === undefined) terminal.out(drawn.endsWith("\n") ? drawn : `${drawn}\n`);
  else await writeOutput(output, drawn, terminal);
  return ExitCode.ok;
}
