import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GateError } from "../base/errors.ts";
import { reportDocuments } from "../gate/tell.ts";
import type { GitHubContext } from "../github/context.ts";
import { fetchForkReport } from "../github/fork-report.ts";
import { parseReport, type Report } from "../report/report.ts";
import { tellGitHub } from "./tell-github.ts";
import type { Ears } from "./telling.ts";

/**
 * `mode: report`: tells the pull request what another run measured. Nothing is loaded or executed; the report is data
 * of a stranger. Who and where come from the event: the pull request, the run that is linked, the commit.
 */
export async function tellOtherRun(ears: Ears, directories: { workspace: string; temporary: string }): Promise<number> {
  const { config, context, client, log } = ears;
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
  const wanted = settings["report-dir"];
  const directory = wanted === null ? directories.temporary : resolve(directories.workspace, wanted);
  await mkdir(directory, { recursive: true });
  for (const [name, document] of Object.entries(reportDocuments(report))) {
    await writeFile(join(directory, name), document);
  }
  log.tell(`this is the report of run ${report.run?.id ?? runId}${report.untrusted ? ", an untrusted one" : ""}`);
  // The other run has failed or passed its own step; telling it is no failure of this one.
  await tellGitHub({ report, directory, exitCode: 0, comparisons: report.comparisons }, ears, null);
  return 0;
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
