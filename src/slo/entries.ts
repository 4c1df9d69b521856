import type { Problem } from "../base/errors.ts";
import { matchesGlob } from "../base/glob.ts";
import { parseTimespanMs } from "../base/units.ts";
import { knownKeys } from "./schema.ts";
import { ThresholdSyntaxError } from "./threshold/cursor.ts";
import { parseThreshold, problemOf, type Threshold, whyNoAbort } from "./threshold/threshold.ts";
import { whyNoWindow } from "./window-length.ts";
import type { YamlSource } from "./yaml-source.ts";

interface Read {
  readonly thresholds: Threshold[];
  readonly problems: Problem[];
}

/**
 * The promises of the configuration's `slo` list. An endpoint belongs to the first entry whose glob matches it;
 * entries of the total take nothing from anybody.
 */
export function readSloEntries(value: unknown, source: YamlSource): Read {
  const read: Read = { thresholds: [], problems: [] };
  const list = isRecord(value) && Array.isArray(value.slo) ? (value.slo as unknown[]) : [];
  const taken: string[] = [];
  for (const [index, entry] of list.entries()) {
    if (!isRecord(entry)) continue;
    readEntry(entry, { index, taken: [...taken], source, read });
    if (typeof entry.endpoint === "string") taken.push(entry.endpoint);
  }
  return read;
}

interface Where {
  readonly index: number;
  readonly taken: readonly string[];
  readonly source: YamlSource;
  readonly read: Read;
}

function readEntry(entry: Readonly<Record<string, unknown>>, { index, taken, source, read }: Where): void {
  const path = ["slo", index] as const;
  const { endpoint, total, optional, after, every } = entry;
  const wrong = (message: string) => read.problems.push({ where: source.place(path), message });
  if (endpoint === undefined && total === undefined) wrong('says neither "endpoint" nor "total: true"');
  if (endpoint !== undefined && total !== undefined) wrong('says both "endpoint" and "total"; make two entries of it');
  const shadow = typeof endpoint === "string" ? taken.find((glob) => matchesGlob(glob, endpoint)) : undefined;
  if (shadow !== undefined) wrong(`never applies: the first match wins, and "${shadow}" above takes "${endpoint}"`);
  const metrics = Object.keys(entry).filter((key) => !knownKeys.slo?.includes(key));
  if (metrics.length === 0) wrong("promises nothing; add a line such as p95: < 300ms");
  const everyMs = durationOf(every);
  const noWindow = everyMs === null ? null : whyNoWindow(everyMs);
  if (noWindow !== null) read.problems.push({ where: source.place([...path, "every"]), message: `every: ${noWindow}` });
  const abortAfterMs = durationOf(entry["abort-after"]);
  const common = {
    of: typeof endpoint === "string" ? endpoint : null,
    except: typeof endpoint === "string" ? taken : [],
  };
  for (const metric of metrics) {
    for (const { steps, text, tier } of promisesOf(entry[metric], [...path, metric])) {
      if (typeof text !== "string") {
        read.problems.push({
          where: source.place(steps),
          message: `${metric}: ${JSON.stringify(text)} is not a promise such as "< 300ms" or { warn: < 300ms, fail: < 500ms }`,
        });
        continue;
      }
      const threshold = readPromise(metric, text, { steps, source, read });
      if (!threshold) continue;
      const isWarning = (tier ?? threshold.tier) === "warn";
      const promise: Threshold = {
        ...threshold,
        ...common,
        afterMs: threshold.afterMs || (durationOf(after) ?? 0),
        everyMs: threshold.everyMs ?? everyMs,
        // Of an entry with both tiers only the one that fails can end the run.
        abortAfterMs: threshold.abortAfterMs ?? (tier === "warn" ? null : abortAfterMs),
        optional: threshold.optional || optional === true,
        tier: isWarning ? "warn" : "fail",
      };
      const noAbort = whyNoAbort(promise);
      if (noAbort !== null) read.problems.push({ where: source.place(steps), message: `${metric}: ${noAbort}` });
      read.thresholds.push(promise);
    }
  }
}

function durationOf(value: unknown): number | null {
  return value === undefined ? null : (parseTimespanMs(String(value)) ?? null);
}

type Steps = readonly (string | number)[];

/** A promise, or one for each tier. */
function promisesOf(value: unknown, path: Steps): { steps: Steps; text: unknown; tier?: "warn" | "fail" }[] {
  if (!isRecord(value)) return [{ steps: path, text: value }];
  return (["warn", "fail"] as const).flatMap((tier) =>
    value[tier] === undefined ? [] : [{ steps: [...path, tier], text: value[tier], tier }],
  );
}

interface Origin {
  readonly steps: Steps;
  readonly source: YamlSource;
  readonly read: Read;
}

function readPromise(metric: string, text: string, { steps, source, read }: Origin): Threshold | undefined {
  const line = `${metric} ${text}`;
  try {
    const threshold = parseThreshold(line, source.place(steps));
    if (threshold.of === null) return threshold;
    read.problems.push({
      where: source.place(steps),
      message: `${metric}: the endpoint is said by the entry; leave "of" out`,
    });
  } catch (error) {
    if (!(error instanceof ThresholdSyntaxError)) throw error;
    const within = error.offset - metric.length - 1;
    const at = steps.slice(0, steps.indexOf(metric));
    read.problems.push(
      problemOf(error, within < 0 ? source.placeOfKey(at, metric) : source.placeWithin(steps, within)),
    );
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
