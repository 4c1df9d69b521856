import { matchesGlob } from "../../base/glob.ts";
import { adviceFor } from "../api/api-advice.ts";
import type { GitHubClient } from "../api/client.ts";
import { Poll } from "../api/poll.ts";
import { apiFailure } from "../api/rate-limit.ts";
import { type DeploymentState, planDeployment, readDeployments, readNewestStatus } from "./deployment-plan.ts";

export type DeploymentAnswer =
  | {
      readonly found: true;
      readonly url: string;
      readonly environment: string;
      readonly sha: string;
      readonly calls: number;
    }
  | {
      readonly found: false;
      /** `none`: nothing was deployed (the input `on-no-target` decides); `failed`: the platform's deployment failed, or it may not be read. */
      readonly kind: "none" | "failed";
      readonly reason: string;
      readonly calls: number;
    };

interface Place {
  readonly owner: string;
  readonly repo: string;
}

export interface DeploymentRequest extends Place {
  readonly client: GitHubClient;
  /** The commit that must have been deployed. */
  readonly sha: string;
  /** Name or glob; letter case does not count. */
  readonly environment: string;
  readonly timeoutMs: number;
  /** Given up this early if nothing at all is on its way by then; `timeoutMs` if not given. */
  readonly noneAfterMs?: number;
  readonly signal?: AbortSignal;
  /** Told once for every change of what is waited for. */
  readonly onWait?: (because: string) => void;
}

const firstPauseMs = 3000;
const longestPauseMs = 30_000;
/** Once nothing is on its way any more, how long another deployment may take to show up after a failed one. */
const lingerAfterFailureMs = 60_000;

/**
 * Waits until the commit is deployed to the environment and answers its URL. Few calls: pauses grow to 30 s, unchanged
 * answers cost no rate limit, statuses are asked for only while they can change. Throws nothing.
 */
export async function awaitDeployment(request: DeploymentRequest): Promise<DeploymentAnswer> {
  const { client, timeoutMs, noneAfterMs = timeoutMs, signal, onWait } = request;
  const poll = new Poll(client);
  const startedMs = client.clock.now();
  let pauseMs = firstPauseMs;
  let lingeringSinceMs: number | undefined;
  let told = "";
  for (;;) {
    let deployments: DeploymentState[];
    try {
      deployments = await deploymentsOf({ ...request, poll });
    } catch (error) {
      return unreadable(error, { poll, environment: request.environment });
    }
    const step = planDeployment(deployments);
    if (step.do === "take") {
      const { url, environment, sha } = step.deployment;
      return { found: true, url, environment, sha, calls: poll.calls };
    }
    const nowMs = client.clock.now();
    lingeringSinceMs = step.do === "linger" && step.failed ? (lingeringSinceMs ?? nowMs) : undefined;
    const nothingCame = step.do === "linger" && !step.failed && nowMs - startedMs >= noneAfterMs;
    const gaveUp = nothingCame || (lingeringSinceMs !== undefined && nowMs - lingeringSinceMs >= lingerAfterFailureMs);
    const leftMs = startedMs + timeoutMs - nowMs;
    if (gaveUp || leftMs <= 0 || signal?.aborted === true) {
      const failed = step.do === "wait" || step.failed;
      const waited = step.do === "wait" ? ` after ${Math.round(timeoutMs / 1000)} s` : "";
      const reason = `no URL for commit ${request.sha.slice(0, 7)} in environment ${request.environment}: ${step.because}${waited}`;
      return { found: false, kind: failed ? "failed" : "none", reason, calls: poll.calls };
    }
    if (step.because !== told) onWait?.(step.because);
    told = step.because;
    await client.clock.sleep(Math.min(pauseMs, leftMs), signal);
    pauseMs = Math.min(pauseMs * 1.5, longestPauseMs);
  }
}

/** More deployments of one commit to one environment than this are not looked at: the newest count. */
const deploymentsLookedAt = 3;

async function deploymentsOf(
  request: Place & {
    readonly poll: Poll;
    readonly sha: string;
    readonly environment: string;
  },
): Promise<DeploymentState[]> {
  const { owner, repo, sha, poll } = request;
  const listed = readDeployments(
    await poll.get("GET /repos/{owner}/{repo}/deployments", { owner, repo, sha, per_page: 100 }),
  );
  const matching = listed.filter((d) => d.sha === sha && inEnvironment(d.environment, request.environment));
  const out: DeploymentState[] = [];
  for (const deployment of matching.slice(0, deploymentsLookedAt))
    out.push({ ...deployment, ...(await statusOf({ ...request, id: deployment.id })) });
  return out;
}

async function statusOf(request: Place & { readonly poll: Poll; readonly id: number }) {
  const { owner, repo, id, poll } = request;
  return readNewestStatus(
    await poll.get("GET /repos/{owner}/{repo}/deployments/{id}/statuses", { owner, repo, id, per_page: 1 }),
  );
}

function inEnvironment(environment: string, glob: string): boolean {
  return matchesGlob(glob, environment, { ignoreCase: true });
}

/**
 * The URL of the base version: the newest live deployment to the environment whose commit is on the base branch.
 * Platforms name the commit or the branch as the ref; a commit counts if the base branch contains it.
 */
export async function findBaseDeployment(
  request: Place & { readonly client: GitHubClient; readonly environment: string; readonly baseBranch: string },
): Promise<DeploymentAnswer> {
  const { owner, repo, client, environment, baseBranch } = request;
  const poll = new Poll(client);
  try {
    const listed = readDeployments(
      await poll.get("GET /repos/{owner}/{repo}/deployments", { owner, repo, per_page: 100 }),
    );
    for (const deployment of listed.filter((d) => inEnvironment(d.environment, environment)).slice(0, 10)) {
      if (deployment.ref !== baseBranch && !(await isOnBranch({ ...request, poll, sha: deployment.sha }))) continue;
      const { state, url } = await statusOf({ ...request, poll, id: deployment.id });
      if (state !== "success" || url === undefined) continue;
      return { found: true, url, environment: deployment.environment, sha: deployment.sha, calls: poll.calls };
    }
  } catch (error) {
    return unreadable(error, { poll, environment });
  }
  const reason = `no live deployment of ${baseBranch} in environment ${environment}`;
  return { found: false, kind: "none", reason, calls: poll.calls };
}

async function isOnBranch(
  request: Place & { readonly poll: Poll; readonly baseBranch: string; readonly sha: string },
): Promise<boolean> {
  const { owner, repo, poll, baseBranch, sha } = request;
  const basehead = `${baseBranch}...${sha}`;
  try {
    const document = await poll.get("GET /repos/{owner}/{repo}/compare/{basehead}", {
      owner,
      repo,
      basehead,
      per_page: 1,
    });
    const { status } = document as { status?: string };
    return status === "behind" || status === "identical";
  } catch (error) {
    if (apiFailure(error)?.status === 404) return false;
    throw error;
  }
}

function unreadable(error: unknown, asked: { readonly poll: Poll; readonly environment: string }): DeploymentAnswer {
  const what = `read the deployments to ${asked.environment}`;
  const reason = adviceFor(error, { what, permission: "deployments: read" });
  return { found: false, kind: "failed", reason, calls: asked.poll.calls };
}
