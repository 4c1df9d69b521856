import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { GateError, messageOf } from "../../base/errors.ts";
import { readRegularFile } from "../../base/regular-file.ts";
import { locustRun, type Unsaid } from "../../locust-csv/locust-run.ts";
import type { CsvFile } from "../../locust-csv/rows.ts";
import { largestResultBytes } from "../../stats/document/result-document.ts";
import type { RunResult } from "../../stats/run-result.ts";

const suffixes = ["_stats.csv", "_stats_history.csv", "_failures.csv", "_exceptions.csv"] as const;

/** What Locust's `--csv` was given, if this is the path of one of the files it writes; else null. */
export function prefixOf(path: string): string | null {
  // The longer one first: `_stats_history.csv` is no `_history.csv` of another prefix.
  const suffix = suffixes.find((end) => path.endsWith(end));
  return suffix ? path.slice(0, -suffix.length) : null;
}

/** The prefix that a path means where it is no file itself; null where Locust wrote nothing under it. */
export function locustPrefix(path: string, directory: string): string | null {
  const prefix = prefixOf(path);
  if (prefix !== null) return prefix;
  const isFile = statSync(resolve(directory, path), { throwIfNoEntry: false })?.isFile() ?? false;
  return !isFile && existsSync(resolve(directory, `${path}_stats.csv`)) ? path : null;
}

/** Reads the files Locust wrote under a prefix. Throws GateError `csv-unreadable`, `csv-missing`. */
export function readLocust(
  prefix: string,
  { directory, ...unsaid }: Unsaid & { readonly directory: string },
): RunResult {
  const stats = fileAt(`${prefix}_stats.csv`, directory);
  return locustRun(
    {
      stats,
      failures: fileAt(`${prefix}_failures.csv`, directory),
      exceptions: fileAt(`${prefix}_exceptions.csv`, directory),
      history: existsSync(resolve(directory, `${prefix}_stats_history.csv`))
        ? fileAt(`${prefix}_stats_history.csv`, directory)
        : null,
      writtenMs: Math.floor(statSync(resolve(directory, stats.name)).mtimeMs),
    },
    unsaid,
  );
}

function fileAt(name: string, directory: string): CsvFile {
  const path = resolve(directory, name);
  if (!existsSync(path)) {
    throw new GateError("csv-missing", `there is no file ${name}`, {
      place: name,
      hint: "Locust's --csv writes _stats.csv, _failures.csv and _exceptions.csv; all three are needed, for what is not in one of them cannot be guessed",
    });
  }
  try {
    const { size } = statSync(path);
    if (size <= largestResultBytes) return { name, text: readRegularFile(path, { limitBytes: largestResultBytes }) };
  } catch (cause) {
    throw new GateError("csv-unreadable", `${name} cannot be read: ${messageOf(cause)}`, { place: name, cause });
  }
  throw new GateError("csv-unreadable", `${name} is larger than ${largestResultBytes / 1024 / 1024} MiB`, {
    place: name,
    hint: name.endsWith("_stats_history.csv")
      ? "run Locust without --csv-full-history, or remove the file: the rest can be judged without it"
      : "group URLs by `name=` so that there are fewer entries",
  });
}
