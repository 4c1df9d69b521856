import { GateError, messageOf } from "../../base/errors.ts";
import { documentsDirectory } from "../../gate/prepare.ts";
import { reportDocuments, saveDocuments } from "../../gate/write-reports.ts";
import type { GitHubContext } from "../../github/event/context.ts";
import { fetchForkReport } from "../../github/files/fork-report.ts";
import { parseReport, type Report } from "../../report/document/report.ts";
import type { ActionContext, RunReport } from "./action-context.ts";
import { reportToGitHub } from "./report-to-github.ts";

/**
 * `mode: report`: tells the pull request what another run measured. Nothing is loaded or executed; the report is data
 * of a stranger. Who and where come from the event: the pull request, the run that is linked, the commit.
 */
export async function reportOtherRun(
  action: ActionContext,
  directories: { workspace: string; temporary: string },
): Promise<number> {
  const { config, context, client, log } = action;
  const { settings } = config;
  if (!client) {
    throw new GateError("token-missing", "another run's report cannot be read without a token", {
      place: "github-token",
      hint: "leave it as it is by default and give the job the permission actions: read",
    });
  }
  const runId = settings["run-id"] ?? undefined;
  const artifactName = settings["artifact-name"] ?? `swarmgate-${settings.name}`;
  const text = await fetchForkReport({ client, context, runId, artifactName });
  const report = attributed(parseReport(text), context);
  const { directory, unwritten } = await saved(report, config, directories);
  log.info(`this is the report of run ${report.run?.id ?? runId}${report.untrusted ? ", an untrusted one" : ""}`);
  // The other run has failed or passed its own step; reporting it is no failure of this one.
  await reportToGitHub({ report, directory, unwritten, exitCode: 0, comparisons: report.comparisons }, action, null);
  return 0;
}

/** Writes what is drawn from the report; where nothing can be written, the pull request is told all the same. */
async function saved(
  report: Report,
  config: ActionContext["config"],
  { workspace, temporary }: { workspace: string; temporary: string },
): Promise<Pick<RunReport, "directory" | "unwritten">> {
  try {
    const directory = documentsDirectory(config, { directory: workspace, documents: () => temporary });
    return { directory, unwritten: await saveDocuments(directory, reportDocuments(report)) };
  } catch (error) {
    return { directory: temporary, unwritten: [{ name: "report-dir", why: messageOf(error) }] };
  }
}

/** The report with everything that says who and where taken from the event. */
function attributed(report: Report, context: GitHubContext): Report {
  const { workflowRun, serverUrl, owner, repo, isFork } = context;
  // A run named by hand tells nothing of where its commit comes from.
  const untrusted = workflowRun === undefined || isFork;
  if (workflowRun?.id === undefined) return { ...report, run: null, untrusted };
  const { id } = workflowRun;
  const number = workflowRun.number ?? report.run?.number ?? 0;
  const attempt = workflowRun.attempt ?? report.run?.attempt ?? 1;
  const page = `${serverUrl}/${owner}/${repo}/actions/runs/${id}`;
  const url = attempt > 1 ? `${page}/attempts/${attempt}` : page;
  return { ...report, run: { id, number, attempt, url }, commit: workflowRun.headSha ?? null, untrusted };
}
