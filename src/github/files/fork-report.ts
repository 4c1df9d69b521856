import { ExitCode, GateError, messageOf } from "../../base/errors.ts";
import { readZippedFile } from "../../base/zip.ts";
import { adviceFor } from "../api/api-advice.ts";
import type { GitHubClient } from "../api/client.ts";
import { apiFailure } from "../api/rate-limit.ts";
import type { GitHubContext } from "../event/context.ts";
import { downloadArchive } from "./artifact-archive.ts";

/** The only file of the artifact that is read. */
const reportFile = "report.json";
/** report.json stays below this (docs/documents.md#the-report). */
const reportBytes = 1_048_576;
/** The artifact also carries result.json, report.html and the rest of the report directory. */
const archiveBytes = 48 * 1_048_576;
const archiveEntries = 200;

export interface ForkReportRequest {
  readonly client: GitHubClient;
  readonly context: GitHubContext;
  /** The input `run-id`; the run of the `workflow_run` event if not given. */
  readonly runId: number | undefined;
  readonly artifactName: string;
}

/**
 * The report.json that another run left as an artifact, as text. It was written by code of the pull request, so it is
 * data of a stranger: the caller checks it with report.json's schema and takes nothing from it that says who or where;
 * the pull request comes from the event. Throws `report-not-found`, `report-refused` or `run-id-mismatch`.
 */
export async function fetchForkReport(request: ForkReportRequest): Promise<string> {
  const runId = runIdOf(request);
  const artifact = await findArtifact(request, runId);
  if (artifact.size_in_bytes > archiveBytes) {
    throw refused(request.artifactName, `it is larger than ${archiveBytes} bytes`);
  }
  const zip = await download(request, artifact.id);
  try {
    const limits = { fileBytes: reportBytes, entries: archiveEntries };
    return readZippedFile(zip, reportFile, limits).toString("utf8");
  } catch (error) {
    throw refused(request.artifactName, messageOf(error));
  }
}

/** Another run's numbers must not be told on this event's pull request. */
function runIdOf({ runId, context }: ForkReportRequest): number {
  const told = context.workflowRun?.id;
  if (runId === undefined && told === undefined) {
    throw new GateError("run-id-missing", "mode report needs the run to read", {
      place: "run-id",
      hint: "run it on workflow_run, or set run-id",
    });
  }
  if (runId !== undefined && told !== undefined && runId !== told) {
    throw new GateError("run-id-mismatch", `run-id is ${runId}, but this workflow_run event is about run ${told}`, {
      place: "run-id",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
      hint: "leave it out, or write ${{ github.event.workflow_run.id }}",
    });
  }
  return (runId ?? told) as number;
}

async function findArtifact(request: ForkReportRequest, runId: number) {
  const { client, context, artifactName } = request;
  const { owner, repo } = context;
  const what = `read the artifacts of run ${runId}`;
  const { data } = await client.octokit.rest.actions
    .listWorkflowRunArtifacts({ owner, repo, run_id: runId, name: artifactName, per_page: 100 })
    .catch((error: unknown) => {
      throw notFound(adviceFor(error, { what, permission: "actions: read" }));
    });
  // A second attempt leaves a second artifact of the same name; ids grow.
  const [newest] = data.artifacts.filter((found) => found.name === artifactName).sort((a, b) => b.id - a.id);
  if (newest === undefined) throw notFound(`run ${runId} has no artifact named ${artifactName}`);
  if (newest.expired) throw notFound(`the artifact ${artifactName} of run ${runId} has expired`);
  return newest;
}

async function download(request: ForkReportRequest, artifactId: number): Promise<Buffer> {
  const { client, context, artifactName } = request;
  const { owner, repo } = context;
  try {
    const path = `/repos/${owner}/${repo}/actions/artifacts/${artifactId}/zip`;
    const zip = await downloadArchive(client, path, { limitBytes: archiveBytes });
    if (zip !== null) return zip;
  } catch (error) {
    if (apiFailure(error) === undefined) throw refused(artifactName, messageOf(error));
    throw notFound(adviceFor(error, { what: `download the artifact ${artifactName}`, permission: "actions: read" }));
  }
  throw notFound(`the artifact ${artifactName} has expired`);
}

function notFound(message: string): GateError {
  return new GateError("report-not-found", message, {
    place: "run-id",
    hint: "the first workflow must have run with upload-artifact: true and the same artifact-name, and this one needs actions: read",
  });
}

function refused(artifactName: string, why: string): GateError {
  return new GateError("report-refused", `the artifact ${artifactName} is not told: ${why}`, {
    exitCode: ExitCode.invalid,
    hint: "it was made by code of the pull request and is not what swarmgate writes",
  });
}
