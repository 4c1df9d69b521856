/** Payloads and environments as GitHub sends them, cut to what the room reads. */
import { type GitHubContext, readContext } from "../../src/github/event/context.ts";
import type { SeededPull } from "../support/github-emulator.ts";

const repositoryId = 1;
const repository = { id: repositoryId, name: "shop", full_name: "octo/shop", default_branch: "main" };

export function contextOf(
  eventName: string,
  event: Record<string, unknown>,
  env: Record<string, string> = {},
): GitHubContext {
  return readContext({
    env: {
      GITHUB_REPOSITORY: "octo/shop",
      GITHUB_REPOSITORY_ID: "1",
      GITHUB_EVENT_NAME: eventName,
      GITHUB_SHA: "f".repeat(40),
      GITHUB_REF: "refs/heads/main",
      GITHUB_RUN_ID: "9001",
      GITHUB_RUN_NUMBER: "17",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_ACTOR: "octo",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_API_URL: "https://api.github.com",
      ...env,
    },
    event: { repository, ...event },
  });
}

export function pullRequestEvent(pull: SeededPull, headRepositoryId: number | null = repositoryId) {
  return {
    action: "synchronize",
    number: pull.number,
    pull_request: {
      number: pull.number,
      head: { sha: pull.headSha, ref: pull.branch, repo: headRepositoryId === null ? null : { id: headRepositoryId } },
      base: { sha: pull.baseSha, ref: "main", repo: { id: repositoryId } },
    },
  };
}

export function deploymentStatusEvent(sha: string, url = "https://shop-git-faster.vercel.app") {
  return {
    deployment: { id: 1, sha, ref: sha, environment: "Preview" },
    deployment_status: { state: "success", environment: "Preview", environment_url: url, target_url: url },
  };
}

export function workflowRunEvent(options: {
  readonly sha: string;
  readonly branch: string;
  readonly headOwner: string;
  readonly headRepositoryId: number;
  readonly pulls?: readonly number[];
}) {
  return {
    action: "completed",
    workflow_run: {
      id: 4711,
      event: "pull_request",
      conclusion: "failure",
      head_sha: options.sha,
      head_branch: options.branch,
      head_repository: { id: options.headRepositoryId, owner: { login: options.headOwner } },
      pull_requests: (options.pulls ?? []).map((number) => ({ number, base: { repo: { id: repositoryId } } })),
    },
  };
}
