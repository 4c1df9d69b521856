import type { GitHubClient } from "./api/client.ts";
import { apiFailure } from "./api/rate-limit.ts";
import type { GitHubContext } from "./event/context.ts";
import { openPullsByHead, pullsOfCommit } from "./pull-request.ts";

/** Whose code a commit is: pushed by somebody who may write here, or a contributor's. */
export type CommitOrigin = "own" | "fork" | "unknown";

/**
 * Where the measured commit comes from. Commits of forks can be read through the repository itself, so that it exists
 * here proves nothing: it must be the tip of a branch, part of the default branch, or belong to a pull request from a
 * branch of this repository. Throws what the API throws.
 */
export async function originOfCommit(context: GitHubContext, client: GitHubClient): Promise<CommitOrigin> {
  const { owner, repo, headSha, repositoryId, defaultBranch } = context;
  if (headSha === "") return "unknown";
  const { rest } = client.octokit;
  const tips = await orNone(rest.repos.listBranchesForHeadCommit({ owner, repo, commit_sha: headSha }));
  if (tips !== undefined && tips.data.length > 0) return "own";
  if (defaultBranch !== undefined) {
    const basehead = `${defaultBranch}...${headSha}`;
    const compared = await orNone(rest.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: 1 }));
    const status = compared?.data.status;
    if (status === "behind" || status === "identical") return "own";
  }
  const pulls = await pullsOfCommit(context, client);
  if (pulls.some((pull) => pull.headRepositoryId !== undefined && pull.headRepositoryId === repositoryId)) return "own";
  if (pulls.length > 0) return "fork";
  const byHead = await openPullsByHead(context, client, "all");
  if (byHead.length === 0) return "unknown";
  return byHead.every((pull) => pull.headRepositoryId === repositoryId) ? "own" : "fork";
}

/** Some hosts do not have every one of these; a commit they do not know is no proof either way. */
async function orNone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const status = apiFailure(error)?.status;
    if (status === 404 || status === 422) return undefined;
    throw error;
  }
}
