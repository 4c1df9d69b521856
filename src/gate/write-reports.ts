import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import { cleanData, Redactor } from "../base/redact.ts";
import { saveText } from "../base/save-file.ts";
import { say } from "../base/sentence.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { buildReport } from "../report/build-report.ts";
import { renderCapacityJson } from "../report/document/capacity-document.ts";
import { type Report, renderJson } from "../report/document/report.ts";
import type { ReportService } from "../report/document/service-schema.ts";
import { renderHtml } from "../report/html/html.ts";
import { renderJunit } from "../report/junit.ts";
import { type LocustCsv, renderCsv } from "../report/locust/csv.ts";
import { renderMarkdown } from "../report/markdown/markdown.ts";
import { formatDuration } from "../report/view/format.ts";
import { printThreshold } from "../slo/threshold/threshold.ts";
import { locustMeasurementVersion, type RunResult, warning } from "../stats/run-result.ts";
import type { Capacity } from "../verdict/capacity/capacity.ts";
import { verdictSchemaVersion } from "../verdict/json-schema.ts";
import { throughputOf } from "../verdict/side-by-side/throughput.ts";
import { hintsOf } from "../verdict/validity/hints.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { GateContext, GateDifference, Unwritten } from "./gate-context.ts";
import type { Judged } from "./judge.ts";
import type { Past } from "./load-baseline.ts";
import { comparingOf } from "./question.ts";
import { asWritten } from "./results/as-written.ts";
import type { SavedBaseline } from "./save-baseline.ts";

/** The one document every renderer reads. */
export function reportOf({
  config,
  world,
  result,
  judged,
  past,
  kept,
  passed,
  capacity = null,
  difference = { changes: [], notices: [] },
  services = [],
}: {
  config: GateConfig;
  world: Pick<GateContext, "clock" | "origin">;
  result: RunResult;
  judged: Judged;
  past: Past;
  kept: SavedBaseline;
  passed: boolean;
  /** Of a search for the largest load. */
  capacity?: Capacity | null;
  /** What a pull request changes about this gate. */
  difference?: GateDifference;
  /** Versions of the service that did not get as far as they should. */
  services?: readonly ReportService[];
}): Report {
  const { settings } = config;
  const newest = judged.history.at(-1);
  const redactor = new Redactor(config.secrets);
  const hints = hintsOf(result);
  const notes = kept.whyNot === null ? [] : [{ code: "baseline-not-saved", message: kept.whyNot }];
  const report = buildReport({
    result,
    verdict: judged.verdict,
    generatedAt: new Date(world.clock.now()).toISOString(),
    passed,
    baseline: {
      found: judged.history.length > 0,
      commit: newest?.commit ?? null,
      measuredAt: newest?.startedAt ?? null,
      runs: judged.history.length,
      store: past.store,
      whyNot: judged.whyNot,
      incomparable: judged.incomparable,
      saved: kept.saved,
      wanted: comparingOf(config) === "baseline",
      kept: past.store !== null && past.store !== "none" && settings["save-baseline"] !== "never",
    },
    comparing: {
      mode: comparingOf(config) === "side-by-side" ? "side-by-side" : judged.history.length > 0 ? "baseline" : "none",
      confidence: judged.comparing.confidence,
      tolerance: judged.comparing.tolerance,
      minEffectMs: judged.comparing.minEffectMs,
      errorTolerance: judged.comparing.errorTolerance,
    },
    ...(world.origin.run && { run: world.origin.run }),
    warmup: warmupOf(settings, result),
    gateChanges: difference.changes.slice(),
    warnings: [
      ...hints,
      ...(result.meta.interleave ? [turnsNotice] : []),
      ...[...config.notices, ...difference.notices].map((message) => ({ code: "notice", message })),
      ...judged.warnings,
      ...notes,
    ],
    configuration: configurationOf(config),
    throughput: throughputOf(result, judged.history),
    capacity,
    services,
  });
  return cleanData(redactor, report);
}

/** Locust has no warm-up, so nothing is said of one. */
function warmupOf({ warmup }: GateConfig["settings"], { meta }: RunResult): string {
  if (meta.measurement === locustMeasurementVersion) return "";
  return warmup === "auto" ? "auto" : formatDuration(warmup);
}

const turnsNotice = warning(
  "interleave",
  say`The two versions had turns of a second (interleave: seconds): they were not loaded at the same moment.`,
);

/** Who wrote which part of a sentence is for those that make markup of it. */
function withoutSaid(key: string, value: unknown): unknown {
  return key === "said" ? undefined : value;
}

/** What the user said, and the promises, as they would write them. Secrets have no line. */
function configurationOf({ settings, given, thresholds }: GateConfig): [string, string][] {
  const lines: [string, string][] = thresholds.map((threshold) => ["slo", printThreshold(threshold)]);
  for (const name of given) {
    const value = asWritten(name, settings[name]);
    if (name === "slo" || name === "headers" || name === "github-token" || value === null) continue;
    lines.push([
      name,
      Array.isArray(value) ? value.join(" ") : typeof value === "object" ? JSON.stringify(value) : `${value}`,
    ]);
  }
  return lines;
}

/** By file name, how a document is drawn. */
export type Documents = Readonly<Record<string, () => string>>;

/** What is drawn from the report alone. */
export function reportDocuments(report: Report): Documents {
  const { capacity } = report;
  return {
    ...(capacity && { "capacity.json": () => renderCapacityJson(report, capacity) }),
    "report.json": () => renderJson(report),
    "report.html": () => renderHtml(report),
    "comment.md": () => renderMarkdown(report),
    "junit.xml": () => renderJunit(report),
  };
}

/** Draws and writes each document by itself: one that fails costs no other. Gives those that are not there. */
export async function saveDocuments(directory: string, documents: Documents): Promise<Unwritten[]> {
  const all = Object.entries(documents).map(async ([name, draw]) => ({
    name,
    why: await saved(join(directory, name), draw),
  }));
  return (await Promise.all(all)).flatMap(({ name, why }) => (why === null ? [] : [{ name, why }]));
}

async function saved(path: string, draw: () => string): Promise<string | null> {
  try {
    return await saveText(path, draw());
  } catch (error) {
    return messageOf(error);
  }
}

/** Writes every document beside `result.json`, which is there already. Gives those that could not be. */
export async function writeDocuments({
  directory,
  result,
  report,
  verdict,
  secrets,
}: {
  directory: string;
  result: RunResult;
  report: Report;
  verdict: Verdict;
  /** Never to be written down. */
  secrets: readonly string[];
}): Promise<Unwritten[]> {
  const redactor = new Redactor(secrets);
  let made: LocustCsv | undefined;
  const csv = () => {
    made ??= cleanData(redactor, renderCsv(result));
    return made;
  };
  return await saveDocuments(directory, {
    "verdict.json": () =>
      `${JSON.stringify({ schema: verdictSchemaVersion, ...cleanData(redactor, verdict) }, withoutSaid, 1)}\n`,
    ...reportDocuments(report),
    "locust_stats.csv": () => csv().stats,
    "locust_stats_history.csv": () => csv().statsHistory,
    "locust_failures.csv": () => csv().failures,
    "locust_exceptions.csv": () => csv().exceptions,
  });
}
