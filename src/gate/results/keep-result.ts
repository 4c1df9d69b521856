import { join } from "node:path";
import { saveText } from "../../base/save-file.ts";
import type { RunResult } from "../../stats/run-result.ts";

/**
 * Puts the raw run on disk, before anyone judges it. A run that cannot be kept is judged all the same, and says so.
 * @param text the document, where it is there already
 */
export async function keepResult(
  result: RunResult,
  { directory, text }: { directory: string; text?: string },
): Promise<RunResult> {
  const why = await saveText(join(directory, "result.json"), text ?? (await documentOf(result)));
  return why === null ? result : notKept(result, why);
}

/** The run with the warning that its document is not on disk. */
export function notKept(result: RunResult, why: string): RunResult {
  const message = `result.json could not be written: ${why}. The verdict stands; this run cannot be judged again.`;
  return { ...result, warnings: [...result.warnings, { code: "result-not-saved", message }] };
}

async function documentOf(result: RunResult): Promise<string> {
  const { encodeResult } = await import("../../stats/document/result-document.ts");
  return encodeResult(result);
}
