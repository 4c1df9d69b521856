import { appendFile, stat } from "node:fs/promises";

/** The runner refuses a step's summary above this and shows none of it. */
const summaryLimitBytes = 1_048_576;

const tooLong = "\n\n_The rest is too long for a job summary: see the report in the artifact._\n";

/**
 * What of a summary fits beside what the step has written already: all of it, or whole lines from the top and a
 * sentence. Open `<details>` are closed.
 */
export function fitSummary(markdown: string, roomBytes: number): string {
  if (Buffer.byteLength(markdown) <= roomBytes) return markdown;
  const closing = "</details>\n";
  const lines = markdown.split("\n");
  const kept: string[] = [];
  let open = 0;
  let used = Buffer.byteLength(tooLong);
  for (const line of lines) {
    const opens = (line.match(/<details>/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
    const bytes = Buffer.byteLength(line) + 1;
    if (used + bytes + (open + Math.max(0, opens)) * closing.length > roomBytes) break;
    kept.push(line);
    open += opens;
    used += bytes;
  }
  if (kept.length === 0) return "";
  return `${kept.join("\n")}\n${closing.repeat(Math.max(0, open))}${tooLong}`;
}

/**
 * Appends to the file the runner named in `GITHUB_STEP_SUMMARY`. False where there is none (old GitHub Enterprise
 * Server, Gitea): the log is all there is.
 */
export async function writeJobSummary(file: string | undefined, markdown: string): Promise<boolean> {
  if (file === undefined || file === "") return false;
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  await appendFile(
    file,
    fitSummary(markdown.endsWith("\n") ? markdown : `${markdown}\n`, summaryLimitBytes - size),
    "utf8",
  );
  return true;
}
