import { readOnlyCause } from "../../github/api/api-advice.ts";
import {
  type CommentOutcome,
  type CommentRequest,
  noteInComment,
  upsertComment,
} from "../../github/comment/comment.ts";
import { newsOf } from "../../github/comment/comment-plan.ts";
import { renderMarkdown } from "../../report/markdown/markdown.ts";
import { notablePart } from "../../report/markdown/notable.ts";
import type { ActionContext, RunReport } from "./action-context.ts";

/** The pull request's comment, brought up to date with a report. Never throws. */
export async function commentOn(run: RunReport, action: ActionContext): Promise<CommentOutcome> {
  const { report, exitCode } = run;
  const request = await requestFor(action);
  if ("kind" in request) return request;
  const { conclusion } = report.verdict;
  return await upsertComment({
    ...request,
    // Drawn from the report, not read from the disk, which may be full.
    markdown: renderMarkdown(report),
    // In a report of another run it is that run which failed.
    news: newsOf({ ...report, conclusion, isOdd: notablePart(report) !== null }, exitCode !== 0 || !report.passed),
  });
}

/** One line in the comment that is there, if one is. Never throws. */
export async function noteOn(note: string, action: ActionContext, budgetMs: number): Promise<CommentOutcome> {
  const request = await requestFor(action);
  if ("kind" in request) return request;
  return await noteInComment({ ...request, note, budgetMs });
}

async function requestFor(action: ActionContext): Promise<Omit<CommentRequest, "markdown" | "news"> | CommentOutcome> {
  const { config, context, client, run } = action;
  const { settings } = config;
  if (settings.comment === "never") return { kind: "left", because: "never" };
  const pull = await action.pull();
  if (!pull.found || !pull.comment) return { kind: "left", because: "nothing-new" };
  if (!client) return { kind: "failed", notice: "no comment: there is no github-token" };
  return {
    client,
    place: { owner: context.owner, repo: context.repo, pull: pull.number },
    name: settings.name,
    mode: settings.comment,
    run,
    readOnly: readOnlyCause(context),
  };
}
