import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GateConfig } from "../config/gate-config.ts";
import type { Told } from "../gate/world.ts";
import { readOnlyCause } from "../github/api-advice.ts";
import type { GitHubClient } from "../github/client.ts";
import { type CommentOutcome, upsertComment } from "../github/comment.ts";
import { newsOf } from "../github/comment-plan.ts";
import type { GitHubContext } from "../github/context.ts";
import { writeJobSummary } from "../github/job-summary.ts";
import { type Outputs, writeOutputs } from "../github/outputs.ts";
import { resolvePullRequest } from "../github/pull-request.ts";
import { annotationCommands, ownLines } from "../github/workflow-commands.ts";
import { annotationsOf } from "../report/annotations.ts";
import { renderConsole } from "../report/console.ts";
import { renderJobSummary } from "../report/job-summary.ts";
import type { Report } from "../report/report.ts";
import { shownPercentiles } from "../stats/summary.ts";

export interface Ears {
  readonly config: GateConfig;
  readonly context: GitHubContext;
  readonly client: GitHubClient | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line of the job's log. */
  readonly line: (text: string) => void;
}

/**
 * Tells everybody: the log, the job summary, the pull request's comment, annotations, outputs. None of it can change
 * the verdict; what could not be told becomes a notice that says what to grant.
 */
export async function tellGitHub(report: Report, told: Told, ears: Ears): Promise<void> {
  const { config, env, line } = ears;
  ownLines(renderConsole(report)).forEach(line);
  if (config.settings.summary) await writeJobSummary(env.GITHUB_STEP_SUMMARY, renderJobSummary(report));
  const comment = await commentOn(told, ears);
  if (comment.kind === "failed") notice(ears, comment.notice);
  if (config.settings.annotations) {
    const annotations = annotationsOf(report).map((one) => ({ ...one, title: `swarmgate · ${config.settings.name}` }));
    for (const command of annotationCommands(annotations)) line(command);
  }
  await writeOutputs(env.GITHUB_OUTPUT, outputsOf(report, told, comment));
}

function notice({ line }: Ears, message: string): void {
  for (const command of annotationCommands([{ level: "notice", title: "swarmgate", message }])) line(command);
}

async function commentOn(told: Told, ears: Ears): Promise<CommentOutcome> {
  const { config, context, client } = ears;
  const { settings } = config;
  if (settings.comment === "never") return { kind: "left", because: "never" };
  const given = settings["pr-number"] ?? undefined;
  const pull = await resolvePullRequest({ context, client, given });
  if (!pull.found || !pull.comment) {
    ears.line(`swarmgate: no comment: ${pull.found ? "a merge queue has no one to tell" : pull.reason}`);
    return { kind: "left", because: "nothing-new" };
  }
  if (!client) return { kind: "failed", notice: "no comment: there is no github-token" };
  const run = { id: context.run.id, attempt: context.run.attempt, sha: context.headSha };
  return await upsertComment({
    client,
    place: { owner: context.owner, repo: context.repo, pull: pull.number },
    name: settings.name,
    markdown: await readFile(join(told.directory, "comment.md"), "utf8"),
    mode: settings.comment,
    news: newsOf(told.verdict, told.exitCode !== 0),
    run,
    readOnly: readOnlyCause(context),
  });
}

/** All strings; of the head arm's judged window, in milliseconds and ratios. */
function outputsOf(report: Report, told: Told, comment: CommentOutcome): Outputs {
  const { verdict, tally, total, baseline, measured } = report;
  const row = total?.head ?? null;
  const percentile = (ratio: (typeof shownPercentiles)[number]) =>
    text(row?.percentilesMs[shownPercentiles.indexOf(ratio)] ?? null);
  return {
    verdict: verdict.conclusion,
    passed: String(told.exitCode === 0),
    reason: verdict.reasons[0]?.code ?? "",
    requests: text(row?.requests ?? 0),
    failures: text(row?.failures ?? 0),
    "error-rate": text(row?.errorRatio ?? 0),
    rps: text(row?.rps ?? 0),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    "slo-failed": text(tally.broken),
    regressions: text(tally.regressed),
    comparisons: JSON.stringify(told.verdict.comparisons),
    "baseline-found": String(baseline.found),
    "baseline-sha": baseline.commit ?? "",
    "smallest-detectable-change": text(report.comparing.smallestDetectable),
    saturation: text(measured.health?.utilizationMax ?? null),
    "result-path": join(told.directory, "result.json"),
    "report-path": join(told.directory, "report.html"),
    "summary-path": join(told.directory, "comment.md"),
    ...("id" in comment && { "comment-id": text(comment.id ?? null) }),
    ...("url" in comment && { "comment-url": comment.url ?? "" }),
  };
}

/** Four significant digits at least, no exponent; empty for nothing. */
function text(value: number | null): string {
  if (value === null) return "";
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(6)));
}
