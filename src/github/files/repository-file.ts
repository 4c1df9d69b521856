import type { GitHubClient } from "../api/client.ts";
import { apiFailure } from "../api/rate-limit.ts";

/** The contents API sends files up to a megabyte; a configuration is far smaller. */
const limitBytes = 1_048_576;

/**
 * A file of the repository as it is at a commit; undefined if it is not there. So that a configuration can be read from
 * the base commit, where the pull request has not touched it, without a checkout. Throws what the API throws, and an
 * Error if the path is no file or too large.
 */
export async function readRepositoryFile(request: {
  readonly client: GitHubClient;
  readonly owner: string;
  readonly repo: string;
  readonly path: string;
  /** A commit rather than a branch, unless what is newest is wanted: branches move. */
  readonly sha: string;
}): Promise<Buffer | undefined> {
  const { client, owner, repo, sha } = request;
  const path = request.path.replace(/^(?:\.?\/)+/, "");
  try {
    const { data } = await client.octokit.rest.repos.getContent({ owner, repo, path, ref: sha });
    if (Array.isArray(data) || data.type !== "file" || !("content" in data)) throw new Error(`${path} is no file`);
    if (data.size > limitBytes || data.encoding !== "base64") throw new Error(`${path} is too large`);
    return Buffer.from(data.content, "base64");
  } catch (error) {
    if (apiFailure(error)?.status === 404) return undefined;
    throw error;
  }
}
