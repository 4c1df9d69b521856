import { UsageError } from "../base/errors.ts";
import { longName, runOptions, takesValue } from "./options/options.ts";
import { runAhead } from "./run-ahead.ts";
import type { Terminal } from "./terminal.ts";

/**
 * `swarmgate diff <revision>`: what lies in this directory, uncommitted changes and all, against another version of it:
 * both are started beside each other and compared. The options are those of `run`; exit 0, or 99 where it got worse.
 */
export async function diff(argv: readonly string[], terminal: Terminal): Promise<number> {
  const at = revisionAt(argv);
  const revision = argv[at];
  if (revision === undefined) {
    const hint = 'as in: swarmgate diff origin/main --build "npm ci" --start "npm start" -f locustfile.ts';
    throw new UsageError([{ where: "diff", message: "is missing the version to compare with", hint }]);
  }
  const others = argv.filter((_, index) => index !== at);
  return await runAhead([...others, "--base", revision, "--headless"], terminal, "diff");
}

/** The first word that is neither an option nor an option's value. */
function revisionAt(argv: readonly string[]): number {
  const withValue = new Set(runOptions.filter(takesValue).flatMap(spellings));
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    if (!word.startsWith("-")) return index;
    if (withValue.has(word)) index++;
  }
  return -1;
}

/** `-u` and `--users` of `-u, --users <n>`. */
function spellings(row: (typeof runOptions)[number]): string[] {
  const short = /^(-\w),/.exec(row.flags)?.[1];
  return [`--${longName(row)}`, ...(short === undefined ? [] : [short])];
}
