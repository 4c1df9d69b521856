import { systemClock } from "../base/clock.ts";
import { GateError } from "../base/errors.ts";
import { addRecord, type Baseline, emptyBaseline } from "../baseline/baseline.ts";
import { decodeBaseline } from "../baseline/document.ts";
import { recordOf } from "../baseline/record.ts";
import { findConfiguration } from "../config/find-configuration.ts";
import { type GateConfig, gateConfig } from "../config/gate-config.ts";
import { judgeRun } from "../gate/judge.ts";
import type { Past } from "../gate/load-baseline.ts";
import { documentsDirectory } from "../gate/prepare.ts";
import { locustPrefix } from "../gate/results/locust-files.ts";
import { mergeResults } from "../gate/results/merge-results.ts";
import { reportOf, saveDocuments, writeDocuments } from "../gate/write-reports.ts";
import { renderConsole } from "../report/console.ts";
import type { Report } from "../report/document/report.ts";
import { encodeResult } from "../stats/document/result-document.ts";
import type { RunResult } from "../stats/run-result.ts";
import { exitCodeOf } from "../verdict/exit-code.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { type FileCommand, parseFileCommand, resultOf, textOf } from "./file-command.ts";
import { type Layer, settingLayers } from "./options/layers.ts";
import { type OptionRow, runOptions } from "./options/options.ts";
import type { Terminal } from "./terminal.ts";
import { warnUnwritten } from "./written.ts";

const judging: readonly OptionRow[] = runOptions.filter(({ flags }) =>
  /--(slo|tolerance|min-effect|error-tolerance|confidence|fail-on|report-dir) /.test(flags),
);
const configuration: OptionRow = { group: "Judge", flags: "--config <file>", help: "swarmgate.yml with promises" };
const baseline: OptionRow = {
  group: "Judge",
  flags: "--baseline <file>",
  help: "compare with the runs of this baseline.json, or with this one result.json",
};

export const judgeCommand: FileCommand = {
  name: "judge",
  summary: "judge a result file, or Locust's --csv prefix, by promises and a baseline (several are merged first)",
  operands: "<result...>",
  options: [baseline, configuration, ...judging],
};

export const compareCommand: FileCommand = {
  name: "compare",
  summary: "compare a result file with that of an earlier run",
  operands: "<base> <head>",
  options: [configuration, ...judging],
};

/** `swarmgate judge result.json --baseline b.json --config c.yml --slo …`: the gate's exit codes. */
export async function judgeFiles(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { operands, flags, says } = parseFileCommand(judgeCommand, argv);
  const named = operands.map((path) => resultOf(path, terminal));
  const result = named.length === 1 ? (named[0] as (typeof named)[number]).result : mergeResults(named);
  const path = says("baseline");
  const past = path === undefined ? noPast : pastOf(path, terminal);
  return await print(judged(result, { flags, past, terminal, promises: path === undefined }), terminal);
}

/** `swarmgate compare base.json head.json`: the base is a baseline of one run. */
export async function compareFiles(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { operands, flags } = parseFileCommand(compareCommand, argv);
  const [base, head] = operands as [string, string];
  const past = pastOf(base, terminal);
  return await print(judged(resultOf(head, terminal).result, { flags, past, terminal, promises: false }), terminal);
}

export interface JudgedFile {
  readonly config: GateConfig;
  readonly result: RunResult;
  readonly report: Report;
  readonly verdict: Verdict;
  readonly exitCode: number;
}

/** A result held against what the options promise; pure but for today's date. */
export function judged(
  result: RunResult,
  {
    flags,
    past,
    terminal,
    promises,
  }: {
    flags: Layer;
    past: Past;
    terminal: Terminal;
    /** Whether something is promised where nobody promised anything. */
    promises: boolean;
  },
): JudgedFile {
  const file = flags.values.get("config");
  const { meta } = result;
  const asMeasured = new Map([["name", meta.name]]);
  if (meta.host !== null) asMeasured.set("host", meta.host);
  if (meta.baseHost !== null) asMeasured.set("base-host", meta.baseHost);
  if (meta.interleave) asMeasured.set("interleave", meta.interleave);
  const config = gateConfig({
    layers: [...settingLayers([flags]), { values: asMeasured, spell: (name) => `result.json: ${name}` }],
    file: file === undefined ? null : findConfiguration({ directory: terminal.directory, named: file }),
    defaults: { "max-users": "1000000" },
    promiseByDefault: promises,
  });
  const today = new Date(systemClock.now()).toISOString().slice(0, 10);
  const judgement = judgeRun({ config, result, past, today });
  const { verdict, failOn } = judgement;
  const exitCode = exitCodeOf({ verdict, failOn, processExitCode: result.trouble.processExitCode });
  const report = reportOf({
    config,
    world: { clock: systemClock, origin: nowhere },
    result,
    judged: judgement,
    past,
    kept: { saved: false, whyNot: null },
    passed: exitCode === 0,
  });
  return { config, result, report, verdict, exitCode };
}

const nowhere = { commit: null, baseCommit: null, branch: null, ownsBaseline: false, run: null };

export const noPast: Past = { wanted: false, store: null, baseline: null, whyNot: null };

/** A baseline from `baseline.json`, or from the one run of a `result.json` or of Locust's CSV files. Throws GateError for anything else. */
function pastOf(path: string, terminal: Terminal): Past {
  const past = (stored: Baseline): Past => ({ wanted: true, store: "file", baseline: stored, whyNot: null });
  const isLocust = locustPrefix(path, terminal.directory) !== null;
  const text = isLocust ? "" : textOf(path, terminal);
  if (isLocust || /^\s*\{[^{]*"(?:meta|measurement)"/.test(text.slice(0, 200))) {
    const { result } = resultOf(path, terminal);
    return past(addRecord(emptyBaseline(result.meta.name), { record: recordOf(result), keep: 1 }));
  }
  const read = decodeBaseline(text);
  if (read.is === "found") return past(read.baseline);
  const why = read.is === "newer" ? "was written by a newer version" : read.why;
  throw new GateError(`baseline-${read.is}`, `${path}: ${why}`, {
    hint: "a baseline.json, or the result.json of an earlier run, can be compared with; it is left as it is",
  });
}

async function print(one: JudgedFile, terminal: Terminal): Promise<number> {
  const { config, result, report, verdict, exitCode } = one;
  terminal.out(renderConsole(report, terminal.columns === null ? {} : { columns: terminal.columns }));
  if (config.settings["report-dir"] === null) return exitCode;
  const directory = documentsDirectory(config, { directory: terminal.directory, documents: () => terminal.directory });
  const unwritten = [
    ...(await saveDocuments(directory, { "result.json": () => encodeResult(result) })),
    ...(await writeDocuments({ directory, result, report, verdict, secrets: config.secrets })),
  ];
  warnUnwritten(unwritten, terminal.error);
  return exitCode;
}
