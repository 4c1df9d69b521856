import type { CommentOutcome } from "../../github/comment/comment.ts";
import { writeJobSummary } from "../../github/job-summary.ts";
import { writeOutputs } from "../../github/outputs.ts";
import { annotationsOf } from "../../report/annotations.ts";
import { renderConsole } from "../../report/console.ts";
import { renderJobSummary } from "../../report/markdown/job-summary.ts";
import { inTime } from "../in-time.ts";
import type { ActionContext, RunReport } from "./action-context.ts";
import { bestEffort } from "./best-effort.ts";
import { commentOutputs, outputsOf } from "./outputs-of.ts";
import { commentOn } from "./pull-comment.ts";
import { uploadReport } from "./report-upload.ts";
import type { RunningNotice } from "./running-notice.ts";

/**
 * A cancelled job has 7.5 s in all, of which users and documents may have taken five
 * (docs/verdict.md#when-a-run-is-interrupted).
 */
const hurriedMs = 2000;
const patientMs = 100_000;

/**
 * Tells everybody: first what lies on this machine (log, job summary, annotations, outputs), then whoever must be
 * called, all at once and within a limit. None of it can change the verdict, and none costs another: what could not
 * be told becomes an annotation that says what is missing and what to grant.
 */
export async function reportToGitHub(
  run: RunReport,
  action: ActionContext,
  running: RunningNotice | null,
): Promise<void> {
  const { report } = run;
  const { config, env, log } = action;
  await bestEffort("the tables are missing", log, () => log.say(renderConsole(report)));
  await bestEffort("the job summary is missing", log, () =>
    config.settings.summary ? writeJobSummary(env.GITHUB_STEP_SUMMARY, renderJobSummary(report)) : undefined,
  );
  await bestEffort("annotations are missing", log, () => {
    const shown = config.settings.annotations ? annotationsOf(report) : [];
    log.annotate(shown.map((one) => ({ ...one, title: `swarmgate · ${config.settings.name}` })));
  });
  for (const { name, why } of run.unwritten) {
    log.annotate([{ level: "warning", message: `the report is incomplete, ${name} could not be written: ${why}` }]);
  }
  await bestEffort("the outputs are missing", log, () => writeOutputs(env.GITHUB_OUTPUT, outputsOf(run)));
  const ms = report.interrupted ? hurriedMs : patientMs;
  const late = undefined;
  const others = report.interrupted
    ? [bestEffort("the status is missing", log, () => running?.endWithout("interrupted", "cancelled", ms))]
    : [
        bestEffort("the comment is missing", log, () => commentOnPull(run, action, running)),
        bestEffort("the status is missing", log, () => running?.end(run)),
      ];
  await inTime<unknown>(Promise.all([...others, uploadReport(run.directory, action, ms)]), { ms, late });
}

async function commentOnPull(run: RunReport, action: ActionContext, running: RunningNotice | null): Promise<void> {
  await running?.settled();
  const pull = action.config.settings.comment === "never" ? undefined : await action.pull();
  if (pull && !(pull.found && pull.comment)) {
    action.log.info(`no comment: ${pull.found ? "this event has no one to tell" : pull.reason}`);
  }
  const comment: CommentOutcome = await commentOn(run, action);
  if (comment.kind === "failed") action.log.notice(comment.notice);
  if (comment.kind === "left" && (comment.because === "newer-run" || comment.because === "newer-commit")) {
    const what = comment.because === "newer-run" ? "run" : "commit";
    action.log.info(`the comment was left alone: a newer ${what} has its say`);
  }
  await bestEffort("the outputs of the comment are missing", action.log, () =>
    writeOutputs(action.env.GITHUB_OUTPUT, commentOutputs(comment)),
  );
}
