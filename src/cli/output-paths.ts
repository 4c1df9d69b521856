import { accessSync, constants, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { type Problem, UsageError } from "../base/errors.ts";
import { makeDirectory } from "../base/make-directory.ts";
import { systemReason } from "../base/save-file.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { spelled } from "./log.ts";
import { type Layer, lookUp } from "./options/layers.ts";

/** The files the options ask for, absolute; null where one was not asked for. */
export interface OutputPaths {
  readonly result: string | null;
  readonly html: string | null;
  readonly junit: string | null;
  readonly json: string | null;
  readonly csv: { readonly prefix: string; readonly fullHistory: boolean } | null;
}

/**
 * Finds the files and makes their directories. Throws one UsageError with every path that cannot be written: before
 * the load is sent, not after.
 */
export function outputPaths(
  layers: readonly Layer[],
  { config, directory }: { config: GateConfig; directory: string },
): OutputPaths {
  const problems: Problem[] = [];
  const pathOf = (name: string, fill: (path: string) => string = (path) => path) => {
    const given = lookUp(layers, name);
    if (given === undefined) return null;
    const path = resolve(directory, fill(given));
    const why = whyUnwritable(path);
    if (why !== null) problems.push({ where: spelled(layers, name), message: `${given} cannot be written: ${why}` });
    return path;
  };
  const csv = pathOf("csv", (prefix) => `${prefix}_stats.csv`);
  const paths: OutputPaths = {
    result: pathOf("output"),
    html: pathOf("html", (path) => filledIn(path, config, layers)),
    junit: pathOf("junit"),
    json: pathOf("json-file", (name) => `${name}.json`),
    csv:
      csv === null
        ? null
        : {
            prefix: csv.slice(0, -"_stats.csv".length),
            fullHistory: lookUp(layers, "csv-full-history") !== undefined,
          },
  };
  pathOf("logfile");
  const reports = config.settings["report-dir"];
  if (reports !== null) pathOf("report-dir", (path) => `${path}/result.json`);
  if (problems.length > 0) throw new UsageError(problems, "output-unwritable");
  return paths;
}

/** Locust's placeholders in the report's name: users, spawn rate, run time. */
function filledIn(path: string, { settings }: GateConfig, layers: readonly Layer[]): string {
  const values: Readonly<Record<string, string>> = {
    u: String(settings.users),
    r: String(settings["spawn-rate"]),
    t: (lookUp(layers, "run-time") ?? "forever").trim(),
  };
  return path.replace(/\{([urt])\}/g, (_, key: string) => values[key] as string);
}

function whyUnwritable(path: string): string | null {
  try {
    makeDirectory(dirname(path));
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) return `${basename(path)} is a directory`;
    accessSync(there ? path : dirname(path), constants.W_OK);
    return null;
  } catch (error) {
    return systemReason(error);
  }
}
