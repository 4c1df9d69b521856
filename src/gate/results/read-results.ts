import { globSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { GateError, messageOf } from "../../base/errors.ts";
import { readRegularFile } from "../../base/regular-file.ts";
import { aimedAt, type GateConfig } from "../../config/gate-config.ts";
import { Problems } from "../../config/problems.ts";
import type { Unsaid } from "../../locust-csv/locust-run.ts";
import { decodeResult, encodeResult, largestResultBytes } from "../../stats/document/result-document.ts";
import type { RunResult } from "../../stats/run-result.ts";
import type { GateContext } from "../gate-context.ts";
import { locustPrefix, prefixOf, readLocust } from "./locust-files.ts";
import { mergeResults, type NamedResult } from "./merge-results.ts";

/** More files than this are a glob gone astray. */
const mostFiles = 256;

/** What other jobs measured, as one result, and its text for the report's directory. */
export interface ReadResults {
  readonly result: RunResult;
  readonly text: string;
}

/**
 * Reads the result files of other jobs, or the CSV files of Locust, and adds them up. They may be a stranger's: bounded, checked, nothing of them
 * is executed. Throws UsageError with everything that is wrong.
 */
export function readResults(
  { settings }: Pick<GateConfig, "settings">,
  { directory, log, origin }: Pick<GateContext, "directory" | "log" | "origin">,
): ReadResults {
  const problems = new Problems();
  const files = filesOf(settings.results, { directory, problems });
  const read = files.flatMap((file): NamedResult[] => {
    const { commit, baseCommit } = origin;
    const one = problems.attempt(() => readOne(file, { directory, name: settings.name, commit, baseCommit }));
    return one ? [one] : [];
  });
  problems.throwAny();
  const [first] = read as [NamedResult, ...NamedResult[]];
  log(`judging what was measured elsewhere: ${files.join(", ")}`);
  const merged = read.length === 1 && !first.result.meta.shard ? first.result : mergeResults(read);
  const result = { ...merged, meta: { ...merged.meta, name: settings.name } };
  return { result, text: encodeResult(result) };
}

/** The same configuration, with what was loaded where nobody says otherwise: a base makes it side by side. */
export function asMeasured(config: GateConfig, { meta }: RunResult): GateConfig {
  const { settings } = config;
  const baseHost = settings.compare === "baseline" || settings.compare === "none" ? null : meta.baseHost;
  return aimedAt(config, {
    host: settings.host ?? urlOrNull(meta.host),
    "base-host": settings["base-host"] ?? urlOrNull(baseHost),
    interleave: meta.interleave ?? "requests",
  });
}

/** What a file says of its target may be anything. */
function urlOrNull(text: string | null): string | null {
  return text !== null && /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
}

function filesOf(
  patterns: readonly string[],
  { directory, problems }: { directory: string; problems: Problems },
): string[] {
  const isDirectory = (path: string) => statSync(resolve(directory, path), { throwIfNoEntry: false })?.isDirectory();
  const found = patterns.flatMap((pattern) => {
    const written = pattern.endsWith(".csv") ? [] : globSync(`${pattern}_stats.csv`, { cwd: directory });
    const files = globSync(pattern, { cwd: directory }).filter((path) => written.length === 0 || !isDirectory(path));
    // Locust's four files are one result.
    const all = [...files, ...written].map((path) => (path.endsWith(".csv") ? (prefixOf(path) ?? path) : path)).sort();
    if (all.length === 0) problems.add({ where: "results", message: nothingAt(pattern) });
    return all.map((file) => relative(directory, resolve(directory, file)));
  });
  const distinct = [...new Set(found)];
  if (distinct.length > mostFiles) {
    problems.add({ where: "results", message: `${distinct.length} files are named; ${mostFiles} are the most` });
  }
  return distinct.slice(0, mostFiles);
}

/** A path without an ending may have been meant as what Locust's `--csv` was given. */
function nothingAt(pattern: string): string {
  const prefix = prefixOf(pattern) === null && !/\.\w+$/.test(pattern);
  return `there is no file ${pattern}${prefix ? `, nor ${pattern}_stats.csv as Locust's --csv ${pattern} writes it` : ""}`;
}

function readOne(file: string, { directory, ...unsaid }: Unsaid & { readonly directory: string }): NamedResult {
  const prefix = locustPrefix(file, directory);
  if (prefix !== null) return { source: `${prefix}_stats.csv`, result: readLocust(prefix, { directory, ...unsaid }) };
  const path = resolve(directory, file);
  const { size } = statSync(path);
  if (size > largestResultBytes) {
    throw new GateError("result-unreadable", `${file} is larger than ${largestResultBytes / 1024 / 1024} MiB`, {
      place: "results",
    });
  }
  return { source: file, result: decodeResult(textOf(path, file), file) };
}

function textOf(path: string, file: string): string {
  try {
    return readRegularFile(path, { limitBytes: largestResultBytes });
  } catch (cause) {
    throw new GateError("result-unreadable", `${file} cannot be read: ${messageOf(cause)}`, {
      place: "results",
      cause,
    });
  }
}
