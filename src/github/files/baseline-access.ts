import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { makeDirectory } from "../../base/make-directory.ts";
import type { ArtifactStoreOptions } from "../../baseline/artifact-store.ts";
import { type RestRequest, TooLarge, Unreachable } from "../../baseline/github-port.ts";
import type { GitHubClient } from "../api/client.ts";
import { apiFailure } from "../api/rate-limit.ts";
import type { GitHubContext } from "../event/context.ts";
import { downloadArchive } from "./artifact-archive.ts";
import { uploadArtifact } from "./artifact-upload.ts";

/**
 * Whether a run like this makes baselines: the default branch's own code, and nobody's proposal
 * (docs/verdict.md#when-a-run-is-stored).
 */
export function ownsBaseline(context: Pick<GitHubContext, "eventName" | "onDefaultBranch" | "isFork">): boolean {
  const teaching = ["push", "schedule", "workflow_dispatch"].includes(context.eventName);
  return teaching && context.onDefaultBranch && !context.isFork;
}

/** The REST API as the baseline's stores want it: an error is an answer, only silence rejects. */
export function restRequest(client: GitHubClient): RestRequest {
  return async (method, path, body) => {
    try {
      const { status, data } = await client.octokit.request(
        `${method} ${path}`,
        body === undefined ? {} : { data: body },
      );
      return { status, body: data };
    } catch (error) {
      const failure = apiFailure(error);
      if (failure === undefined || !failure.answered) throw new Unreachable(messageOf(error), { cause: error });
      return { status: failure.status, body: failure.body };
    }
  };
}

/** Archives of artifacts, for the artifact store. */
export function archiveDownload(client: GitHubClient): ArtifactStoreOptions["download"] {
  return async (path, limits) => {
    try {
      return await downloadArchive(client, path, limits);
    } catch (error) {
      const failure = apiFailure(error);
      const refused = failure?.answered === true && failure.status < 500 && failure.status !== 429;
      if (refused || error instanceof TooLarge) throw error;
      throw new Unreachable(messageOf(error), { cause: error });
    }
  };
}

/** Uploads texts as an artifact of the running workflow; rejects with what went wrong, for the store to tell. */
export function textUpload(options: {
  /** A directory of ours, made if it is not there: `$RUNNER_TEMP`. */
  readonly temporaryDirectory: string;
  /** `GitHubContext.hasArtifactService`. */
  readonly available: boolean;
  readonly retentionDays: number | undefined;
}): ArtifactStoreOptions["upload"] {
  return async ({ name, files }) => {
    makeDirectory(options.temporaryDirectory);
    const directory = await mkdtemp(join(options.temporaryDirectory, "swarmgate-artifact-"));
    try {
      for (const file of files) await writeFile(join(directory, file.name), file.text, "utf8");
      const { available, retentionDays } = options;
      const outcome = await uploadArtifact({ name, directory, retentionDays, available });
      if (outcome.kind !== "uploaded") throw new Error(outcome.notice);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
}
