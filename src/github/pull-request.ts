import { adviceFor } from "./api/api-advice.ts";
import type { GitHubClient } from "./api/client.ts";
import type { GitHubContext, WorkflowRunFacts } from "./event/context.ts";

/** A pull request found for an event, or why there is none. */
export type PullRequestAnswer =
  | {
      readonly found: true;
      readonly number: number;
      /** False in a merge queue, where the group is judged and nobody is told. */
      readonly comment: boolean;
    }
  | { readonly found: false; readonly reason: string };

/** One row of a listing, reduced to what tells pull requests apart. */
interface Candidate {
  readonly number: number;
  readonly open: boolean;
  readonly headSha: string;
  /** Undefined where the fork is gone. */
  readonly headRepositoryId: number | undefined;
  readonly baseRepositoryId: number;
  readonly merged: boolean;
}

/** Open pull requests looked through for the head of a fork, newest first: three pages. */
const forkPages = 3;

/**
 * The pull request an event belongs to. The input `pr-number` wins; the payload comes before the API; a listing counts
 * only if exactly one open pull request has this very commit as its head. Never guesses and never throws.
 */
export async function resolvePullRequest(request: {
  readonly context: GitHubContext;
  /** Made when it is needed; undefined without a token. */
  readonly client: GitHubClient | undefined;
  /** The input `pr-number`. */
  readonly given?: number | undefined;
}): Promise<PullRequestAnswer> {
  const { context, client, given } = request;
  if (given !== undefined) return { found: true, number: given, comment: true };
  if (context.pullRequest !== undefined) return { found: true, number: context.pullRequest.number, comment: true };
  if (context.eventName === "merge_group") {
    return context.mergeGroupPull === undefined
      ? none("the merge queue's branch names no pull request")
      : { found: true, number: context.mergeGroupPull, comment: false };
  }
  if (client === undefined) return none("there is no token to look it up with");
  try {
    return await lookUp(context, client);
  } catch (error) {
    return none(adviceFor(error, { what: "look for the pull request", permission: "pull-requests: read" }));
  }
}

async function lookUp(context: GitHubContext, client: GitHubClient): Promise<PullRequestAnswer> {
  const { workflowRun, eventName, headSha } = context;
  if (eventName === "workflow_run" && workflowRun !== undefined)
    return await ofWorkflowRun({ context, workflowRun, client });
  if (eventName === "deployment_status" || eventName === "repository_dispatch") {
    if (context.deployment?.sha === undefined && context.dispatch?.sha === undefined) {
      return none(`the ${eventName} event names no commit`);
    }
    const own = (await pullsOfCommit(context, client)).filter((pull) => pull.open && pull.headSha === headSha);
    return only(own.length > 0 ? own : await openPullsByHead(context, client), headSha);
  }
  if (eventName === "push" && context.onDefaultBranch) {
    const merged = (await pullsOfCommit(context, client)).filter((pull) => pull.merged);
    // Told as "introduced by", never commented on: what is merged is done.
    if (merged.length === 1 && merged[0] !== undefined)
      return { found: true, number: merged[0].number, comment: false };
    return none("this is a push to the default branch");
  }
  if ((eventName === "push" || eventName === "workflow_dispatch") && context.branch !== undefined) {
    const { owner, branch } = context;
    return only(await openPulls({ context, client, head: `${owner}:${branch}` }), headSha);
  }
  return none(`a ${eventName} event belongs to no pull request`);
}

async function ofWorkflowRun(request: {
  readonly context: GitHubContext;
  readonly workflowRun: WorkflowRunFacts;
  readonly client: GitHubClient;
}): Promise<PullRequestAnswer> {
  const { context, workflowRun, client } = request;
  const told = workflowRun.pulls.filter((pull) => pull.baseRepositoryId === context.repositoryId);
  if (told.length === 1 && told[0] !== undefined) return { found: true, number: told[0].number, comment: true };
  const { headOwner, headBranch, headSha, headRepositoryId } = workflowRun;
  if (headOwner === undefined || headBranch === undefined || headSha === undefined) {
    return none("the event does not say which branch was measured");
  }
  // Two forks may have a branch of one name, and one branch may have moved on: repository and commit must both match.
  const pulls = await openPulls({ context, client, head: `${headOwner}:${headBranch}` });
  return only(
    pulls.filter((pull) => pull.headRepositoryId === headRepositoryId),
    headSha,
  );
}

function only(candidates: readonly Candidate[], sha: string): PullRequestAnswer {
  const matching = candidates.filter((pull) => pull.headSha === sha);
  const [first] = matching;
  const short = sha.slice(0, 7);
  if (first === undefined) return none(`no open pull request has ${short} as its head`);
  if (matching.length > 1) {
    const numbers = matching.map((pull) => `#${pull.number}`).join(", ");
    return none(`${short} is the head of several pull requests (${numbers}); name one with pr-number`);
  }
  return { found: true, number: first.number, comment: true };
}

function none(reason: string): PullRequestAnswer {
  return { found: false, reason };
}

/** Pull requests that contain the measured commit. GitHub answers with none for the head of a fork. */
export async function pullsOfCommit(context: GitHubContext, client: GitHubClient): Promise<Candidate[]> {
  const { owner, repo, headSha, repositoryId } = context;
  const { data } = await client.octokit.rest.repos.listPullRequestsAssociatedWithCommit({
    owner,
    repo,
    commit_sha: headSha,
    per_page: 100,
  });
  return data.map(candidate).filter((pull) => repositoryId === undefined || pull.baseRepositoryId === repositoryId);
}

/** Pull requests of any fork whose head is the measured commit. */
export async function openPullsByHead(
  context: GitHubContext,
  client: GitHubClient,
  state: "open" | "all" = "open",
): Promise<Candidate[]> {
  const { owner, repo, headSha } = context;
  for (let page = 1; page <= forkPages; page++) {
    const { data } = await client.octokit.rest.pulls.list({
      owner,
      repo,
      state,
      sort: "updated",
      direction: "desc",
      per_page: 100,
      page,
    });
    const matching = data.map(candidate).filter((pull) => pull.headSha === headSha);
    if (matching.length > 0 || data.length < 100) return matching;
  }
  return [];
}

async function openPulls(request: {
  readonly context: GitHubContext;
  readonly client: GitHubClient;
  /** `owner:branch`. */
  readonly head: string;
}): Promise<Candidate[]> {
  const { owner, repo } = request.context;
  const { data } = await request.client.octokit.rest.pulls.list({
    owner,
    repo,
    state: "open",
    head: request.head,
    per_page: 100,
  });
  return data.map(candidate);
}

function candidate(pull: {
  readonly number: number;
  readonly state: string;
  readonly merged_at: string | null;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly repo: { readonly id: number } };
}): Candidate {
  return {
    number: pull.number,
    open: pull.state === "open",
    headSha: pull.head.sha,
    headRepositoryId: pull.head.repo?.id,
    baseRepositoryId: pull.base.repo.id,
    merged: pull.merged_at !== null,
  };
}
