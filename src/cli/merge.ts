import { ExitCode, UsageError } from "../base/errors.ts";
import { mergeResults } from "../gate/results/merge-results.ts";
import { encodeResult } from "../stats/document/result-document.ts";
import { type FileCommand, parseFileCommand, resultOf } from "./file-command.ts";
import type { Terminal } from "./terminal.ts";
import { writeOutput } from "./written.ts";

export const mergeCommand: FileCommand = {
  name: "merge",
  summary: "add the result files of one run's shards up",
  operands: "<result...>",
  options: [{ group: "Output", flags: "-o, --output <file>", help: "where the sum goes (default: stdout)" }],
};

/** `swarmgate merge a.json b.json -o out.json` */
export async function mergeFiles(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { operands, says } = parseFileCommand(mergeCommand, argv);
  if (operands.length < 2) throw new UsageError([{ where: "merge", message: "needs two result files at least" }]);
  const merged = mergeResults(operands.map((path) => resultOf(path, terminal)));
  const output = says("output");
  if (output === undefined) terminal.out(encodeResult(merged));
  else {
    await writeOutput(output, encodeResult(merged), terminal);
    const { allRequests } = merged.summary;
    terminal.error(`swarmgate: ${operands.length} results, ${allRequests} requests in ${output}\n`);
  }
  return ExitCode.ok;
}
