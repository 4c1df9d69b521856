import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";

/** All outputs of action.yml, in its order; a test holds the two together. All are strings. */
export const outputNames = [
  "verdict",
  "passed",
  "reason",
  "requests",
  "failures",
  "error-rate",
  "rps",
  "p50",
  "p95",
  "p99",
  "slo-failed",
  "regressions",
  "comparisons",
  "baseline-found",
  "baseline-sha",
  "smallest-detectable-change",
  "saturation",
  "result-path",
  "report-path",
  "summary-path",
  "comment-id",
  "comment-url",
] as const;

type OutputName = (typeof outputNames)[number];
export type Outputs = Partial<Record<OutputName, string>>;

/**
 * The outputs as the runner's file command reads them (docs.github.com, "Setting an output parameter"). Values may
 * hold anything, request names of a hostile server too: each stands in a heredoc whose delimiter cannot be guessed.
 */
export function outputDocument(outputs: Outputs): string {
  const parts: string[] = [];
  for (const name of outputNames) {
    const value = outputs[name];
    if (value === undefined) continue;
    const delimiter = `swarmgate_${randomUUID()}`;
    parts.push(`${name}<<${delimiter}\n${value}\n${delimiter}\n`);
  }
  return parts.join("");
}

/** Appends the outputs to the file the runner named in `GITHUB_OUTPUT`; does nothing where there is none. */
export async function writeOutputs(file: string | undefined, outputs: Outputs): Promise<void> {
  const text = outputDocument(outputs);
  if (file !== undefined && file !== "" && text !== "") await appendFile(file, text, "utf8");
}
