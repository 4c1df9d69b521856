import { closest, distance } from "fastest-levenshtein";
import * as z from "zod/mini";
import { type Problem, UsageError } from "../base/errors.ts";
import { readSloEntries } from "./entries.ts";
import {
  type ConfigurationDocument,
  configurationSchema,
  configurationVersion,
  knownKeys,
  runMetrics,
  wanted,
} from "./schema.ts";
import type { Threshold } from "./threshold/threshold.ts";
import { YamlSource } from "./yaml-source.ts";

/** A regression that is known and accepted until a day, that day included. */
export interface Waiver {
  /** A glob over `METHOD name`; null for what is about the whole run (`runMetrics`). */
  readonly endpoint: string | null;
  /** Null waives every metric of the endpoint; with the endpoint `*` everything. */
  readonly metric: string | null;
  /** `2026-12-24` */
  readonly until: string;
  readonly reason: string;
  readonly place: string;
}

/** A setting as text, by the name of the input it stands for, and where it was written. */
interface ConfiguredSetting {
  readonly text: string;
  readonly place: string;
}

/** `.github/swarmgate.yml`, read. */
export interface Configuration {
  readonly fileName: string;
  /** Durations in milliseconds, percentages as ratios, rates per second. */
  readonly document: ConfigurationDocument;
  /** The sections `load`, `regression`, `guard` and the top as settings; lists are one a line. */
  readonly settings: ReadonlyMap<string, ConfiguredSetting>;
  readonly thresholds: readonly Threshold[];
  /** What is compared; null leaves it to the default. */
  readonly metrics: readonly string[] | null;
  /** Tolerances said for single metrics, as ratios. */
  readonly tolerances: ReadonlyMap<string, number>;
  readonly waive: readonly Waiver[];
}

/** In bytes; larger than any configuration a person wrote. */
export const largestConfiguration = 262_144;

/**
 * Reads the configuration file (docs/inputs.md#the-configuration-file). Throws one UsageError with every problem, each
 * at `file:line:column`.
 */
export function parseConfiguration(text: string, fileName: string): Configuration {
  if (text.length > largestConfiguration) fail([{ where: fileName, message: "is larger than 256 KiB" }]);
  const source = new YamlSource(text, fileName);
  if (source.problems.length > 0) fail(source.problems);
  const value = plainValue(source);
  if (holdsItself(value)) fail([{ where: source.place([]), message: "has an alias that stands for itself" }]);
  if (value === null || value === undefined) {
    fail([{ where: source.place([]), message: `is empty; it begins with "version: ${configurationVersion}"` }]);
  }
  const parsed = z.safeParse(configurationSchema, value);
  const problems: Problem[] = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => problemsOf(issue, value, source));
  // Promises are read even where something else is wrong, so that all problems are told at once.
  const { thresholds, problems: broken } = readSloEntries(value, source);
  const waive = parsed.success ? waiversOf(parsed.data, source) : [];
  problems.push(...broken, ...waive.flatMap(waiverProblems));
  if (!parsed.success || problems.length > 0) fail(problems);
  const { regression } = parsed.data;
  return {
    fileName,
    document: parsed.data,
    settings: settingsOf(value, source),
    thresholds,
    metrics: regression?.metrics ?? null,
    tolerances: new Map(typeof regression?.tolerance === "object" ? Object.entries(regression.tolerance) : []),
    waive,
  };
}

/** Told in the order of the file. */
function fail(problems: readonly Problem[]): never {
  const order = ({ where }: Problem) => {
    const [line = 0, column = 0] = where.split(":").slice(-2).map(Number);
    return line * 1e6 + column;
  };
  throw new UsageError(
    [...problems].sort((a, b) => order(a) - order(b)),
    "configuration-invalid",
  );
}

function plainValue(source: YamlSource): unknown {
  try {
    return source.value;
  } catch {
    return fail([{ where: source.place([]), message: "has more aliases than can be followed" }]);
  }
}

/** An alias within what it stands for: such a value has no end. */
function holdsItself(value: unknown, around: ReadonlySet<unknown> = new Set()): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (around.has(value)) return true;
  const inside = new Set([...around, value]);
  return Object.values(value).some((item) => holdsItself(item, inside));
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, value: unknown, source: YamlSource): Problem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      where: source.placeOfKey(path, key),
      message: `unknown key "${key}"${nearMiss(key, knownKeys[sectionOf(path)] ?? [])}`,
    }));
  }
  const names = path.filter((step) => typeof step === "string");
  const key = names.at(-1);
  if (key === undefined) return [{ where: source.place([]), message: "is not a list of keys and values" }];
  const found = valueAt(value, path);
  if (found === undefined)
    return [{ where: source.place(path.slice(0, -1)), message: `"${key}" is missing${exampleOf(key)}` }];
  if (key === "version" && typeof found === "number" && found > configurationVersion) {
    return [
      {
        where: source.place(path),
        message: `version ${found} is newer than this swarmgate can read (${configurationVersion})`,
      },
    ];
  }
  if (names[0] === "slo" && names.length > 1 && !(key in wanted)) {
    // A metric's promise; the entries' own reader tells what it knows better.
    return [];
  }
  return [
    { where: source.place(path), message: `${key}: ${show(found)} is not ${wanted[key] ?? "what may stand here"}` },
  ];
}

function exampleOf(key: string): string {
  return key === "version" ? `; write "version: ${configurationVersion}"` : "";
}

function sectionOf(path: readonly PropertyKey[]): string {
  const [section = ""] = path;
  return section === "slo" && path.length > 2 ? "tier" : String(section);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value.slice(0, 80)}"` : (JSON.stringify(value)?.slice(0, 80) ?? String(value));
}

function nearMiss(given: string, choices: readonly string[]): string {
  if (choices.length === 0) return "";
  const near = closest(given.toLowerCase(), choices);
  const isNear = distance(given.toLowerCase(), near) <= Math.max(2, given.length / 3);
  return isNear ? `; did you mean "${near}"?` : `; known are ${choices.join(", ")}`;
}

function waiversOf({ waive = [] }: ConfigurationDocument, source: YamlSource): Waiver[] {
  return waive.map((entry, index) => ({
    ...entry,
    endpoint: entry.endpoint ?? null,
    metric: entry.metric ?? null,
    place: source.place(["waive", index]),
  }));
}

/** 2026-02-30 has a date's form and is none. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function waiverProblems({ endpoint, metric, until, place }: Waiver): Problem[] {
  const problems: Problem[] = [];
  const isOfRun = runMetrics.some((known) => known === metric);
  if (!isDate(until)) problems.push({ where: place, message: `until: "${until}" is not a day of the calendar` });
  if (endpoint === null && !isOfRun) {
    const message = `"endpoint" is missing; only ${runMetrics.join(", ")} are about the whole run and have none`;
    problems.push({ where: place, message });
  }
  if (endpoint !== null && endpoint !== "*" && isOfRun) {
    problems.push({ where: place, message: `${metric} is about the whole run; leave "endpoint" out` });
  }
  return problems;
}

/** Settings that inputs have too, so that one reader checks and layers them all. */
function settingsOf(value: unknown, source: YamlSource): Map<string, ConfiguredSetting> {
  const settings = new Map<string, ConfiguredSetting>();
  const put = (path: readonly string[]) => {
    const found = valueAt(value, path);
    if (found === undefined || (typeof found === "object" && !Array.isArray(found))) return;
    const text = Array.isArray(found) ? found.join("\n") : String(found);
    settings.set(path.at(-1) as string, { text, place: source.place(path) });
  };
  for (const key of ["name", "locustfile", "start", "build", "stop", "url", "base"]) put([key]);
  for (const section of ["load", "regression", "guard"]) {
    for (const key of knownKeys[section] ?? []) if (key !== "metrics") put([section, key]);
  }
  return settings;
}
