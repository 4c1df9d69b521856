import { readOnlyCause } from "../../github/api/api-advice.ts";
import { beginStatus, type StatusConclusion, type StatusEnd, type StatusHandle } from "../../github/status.ts";
import { renderMarkdown } from "../../report/markdown/markdown.ts";
import { headlineText } from "../../report/view/headline.ts";
import { inTime } from "../in-time.ts";
import type { ActionContext, RunReport } from "./action-context.ts";
import { noteOn } from "./pull-comment.ts";

const noteBudgetMs = 15_000;

/**
 * What is said while there is no result: that a run goes on, and that it ended without one. It is said beside the
 * load, never before it, and nothing of it changes the verdict.
 */
export class RunningNotice {
  readonly #action: ActionContext;
  readonly #status: Promise<StatusHandle | undefined>;
  readonly #noted: Promise<unknown>;

  constructor(action: ActionContext) {
    this.#action = action;
    this.#status = begin(action);
    const { url, number } = action.context.run;
    const commit = action.run.sha.slice(0, 7);
    this.#noted = noteOn(
      `⏳ [Run ${number}](${url}) is measuring ${commit} now; below is the last result.`,
      action,
      noteBudgetMs,
    );
  }

  /** Resolves once nobody writes to the comment any more. */
  async settled(): Promise<void> {
    await this.#noted;
  }

  /** The status says how it ended. */
  async end({ report, exitCode }: RunReport): Promise<void> {
    const undecided = report.verdict.conclusion === "inconclusive" || report.verdict.conclusion === "invalid";
    const conclusion: StatusConclusion = report.interrupted
      ? "cancelled"
      : exitCode !== 0
        ? "failure"
        : undecided
          ? "neutral"
          : "success";
    await this.#endStatus({ conclusion, title: headlineText(report), summary: renderMarkdown(report) });
  }

  /** It ended without a result: cancelled, or stopped by what `why` says. */
  async endWithout(why: string, conclusion: "cancelled" | "failure", budgetMs: number): Promise<void> {
    const { context, run } = this.#action;
    const title = conclusion === "cancelled" ? "cancelled" : `did not measure: ${why}`;
    const linked = `[Run ${context.run.number}](${context.run.url})`;
    const commit = run.sha.slice(0, 7);
    const note =
      conclusion === "cancelled"
        ? `⏹️ ${linked} of ${commit} was cancelled; below is the last result.`
        : `⚠️ ${linked} of ${commit} ended before it measured; below is the last result.`;
    const say = async () => {
      await this.#noted;
      await noteOn(note, this.#action, budgetMs);
    };
    const all = Promise.all([say(), this.#endStatus({ conclusion, title, summary: title })]);
    await inTime<unknown>(all, { ms: budgetMs, late: undefined });
  }

  async #endStatus(end: StatusEnd): Promise<void> {
    const status = await this.#status;
    if (!status) return;
    const notice = (await status.end(end)) ?? status.notice;
    if (notice !== undefined) this.#action.log.notice(notice);
  }
}

async function begin({ config, context, client }: ActionContext): Promise<StatusHandle | undefined> {
  const { settings } = config;
  if (settings.status === "none" || !client || context.headSha === "") return undefined;
  const { owner, repo, headSha: sha, run } = context;
  const readOnly = readOnlyCause(context);
  return await beginStatus(settings.status, { client, owner, repo, sha, name: settings.name, url: run.url, readOnly });
}
