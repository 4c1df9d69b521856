import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanData, Redactor } from "../base/redact.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { buildReport } from "../report/build-report.ts";
import { renderCsv } from "../report/csv.ts";
import { formatDuration } from "../report/format.ts";
import { renderHtml } from "../report/html.ts";
import { renderJunit } from "../report/junit.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { type Report, renderJson } from "../report/report.ts";
import { printThreshold } from "../slo/threshold.ts";
import type { RunResult } from "../stats/run-result.ts";
import { verdictSchemaVersion } from "../verdict/json-schema.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { Judged } from "./judge.ts";
import { comparingOf } from "./question.ts";
import type { Past } from "./recall.ts";
import type { Kept } from "./remember.ts";
import type { World } from "./world.ts";

/** The one document every renderer reads. */
export function reportOf({
  config,
  world,
  result,
  judged,
  past,
  kept,
  passed,
}: {
  config: GateConfig;
  world: World;
  result: RunResult;
  judged: Judged;
  past: Past;
  kept: Kept;
  passed: boolean;
}): Report {
  const { settings } = config;
  const newest = judged.history.at(-1);
  const redactor = new Redactor(config.secrets);
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
      saved: kept.saved,
    },
    comparing: {
      mode: comparingOf(config) === "side-by-side" ? "side-by-side" : judged.history.length > 0 ? "baseline" : "none",
      confidence: judged.comparing.confidence,
      tolerance: judged.comparing.tolerance,
      minEffectMs: judged.comparing.minEffectMs,
      errorTolerance: judged.comparing.errorTolerance,
    },
    ...(world.origin.run && { run: world.origin.run }),
    warmup: settings.warmup === "auto" ? "auto" : formatDuration(settings.warmup),
