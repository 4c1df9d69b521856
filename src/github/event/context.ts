import { Payload } from "./payload.ts";
import { type PullRequestFacts, readPullRequestFacts } from "./pull-request-facts.ts";

/** The run this is, and where it runs. */
interface RunFacts {
  readonly id: number;
  readonly number: number;
  readonly attempt: number;
  /** The run's page. */
  readonly url: string;
}

/** A deployment as its event tells it. */
interface DeploymentFacts {
  readonly sha: string | undefined;
  readonly environment: string | undefined;
  /** `environment_url`, or the older `target_url`. */
  readonly url: string | undefined;
  readonly state: string | undefined;
}

/** What `repository_dispatch` carries, in Vercel's spelling (`client_payload.url`, `.git.sha`, `.environment`). */
interface DispatchFacts {
  readonly type: string | undefined;
  readonly url: string | undefined;
  readonly environment: string | undefined;
  readonly sha: string | undefined;
}

/** The run that a `workflow_run` event is about. */
export interface WorkflowRunFacts {
  readonly id: number | undefined;
  readonly number: number | undefined;
  readonly attempt: number | undefined;
  readonly event: string | undefined;
  readonly conclusion: string | undefined;
  readonly headSha: string | undefined;
  readonly headBranch: string | undefined;
  readonly headOwner: string | undefined;
  readonly headRepositoryId: number | undefined;
  /** Filled by GitHub for branches of the repository itself, empty for forks. */
  readonly pulls: readonly { readonly number: number; readonly baseRepositoryId: number | undefined }[];
}

export interface GitHubContext {
  readonly owner: string;
  readonly repo: string;
  readonly repositoryId: number | undefined;
  readonly eventName: string;
  /** The commit that is measured: of a pull request its head, not the merge that GITHUB_SHA is. */
  readonly headSha: string;
  /** GITHUB_SHA as it is. */
  readonly eventSha: string;
  /** The commit to compare with and to read a base configuration from, where the event knows it. */
  readonly baseSha: string | undefined;
  /** Empty for deployments made from a commit. */
  readonly ref: string;
  /** The branch, or the pull request's head branch; may be hostile text. */
  readonly branch: string | undefined;
  readonly baseBranch: string | undefined;
  readonly defaultBranch: string | undefined;
  /** The measured commit is what the default branch pointed at; a fork's `main` is not it. */
  readonly onDefaultBranch: boolean;
  readonly actor: string;
  /** Started by Dependabot, whose token may only read. */
  readonly isDependabot: boolean;
  /** The measured commit is known to come from another repository. */
  readonly isFork: boolean;
  readonly run: RunFacts;
  readonly workflow: string;
  readonly job: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** False on GitHub Enterprise Server, Gitea and Forgejo: @actions/artifact refuses to work there. */
  readonly hasArtifactService: boolean;
  readonly pullRequest: PullRequestFacts | undefined;
  readonly mergeGroupPull: number | undefined;
  readonly deployment: DeploymentFacts | undefined;
  readonly dispatch: DispatchFacts | undefined;
  readonly workflowRun: WorkflowRunFacts | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The runner's environment and the event's payload as facts. Nothing is looked up; what is not told is undefined. */
export function readContext(input: { readonly env: Environment; readonly event: unknown }): GitHubContext {
  const { env } = input;
  const event = new Payload(input.event);
  const eventName = env.GITHUB_EVENT_NAME ?? "";
  const [owner = "", repo = ""] = (env.GITHUB_REPOSITORY ?? "").split("/");
  const serverUrl = trimmedUrl(env.GITHUB_SERVER_URL, "https://github.com");
  const ref = env.GITHUB_REF ?? "";
  const defaultBranch = event.at("repository", "default_branch").text;
  const pullRequest = readPullRequestFacts(event);
  const deployment = readDeployment(event);
  const dispatch = eventName === "repository_dispatch" ? readDispatch(event) : undefined;
  const workflowRun = event.at("workflow_run").exists ? readWorkflowRun(event.at("workflow_run")) : undefined;
  const eventSha = env.GITHUB_SHA ?? "";
  const repositoryId = event.at("repository", "id").number ?? numberOf(env.GITHUB_REPOSITORY_ID);
  const otherRepository = workflowRun?.headRepositoryId !== undefined && workflowRun.headRepositoryId !== repositoryId;
  const headSha = pullRequest?.headSha ?? deployment?.sha ?? dispatch?.sha ?? workflowRun?.headSha ?? eventSha;
  const isFork = pullRequest?.isFork ?? otherRepository;
  // Events like workflow_run have the default branch as their ref whatever commit they are about.
  const onRef = headSha === eventSha && !isFork;
  return {
    owner,
    repo,
    repositoryId,
    eventName,
    headSha,
    eventSha,
    baseSha: pullRequest?.baseSha ?? event.at("merge_group", "base_sha").sha ?? notZero(event.at("before").sha),
    ref,
    branch:
      pullRequest?.headBranch ?? workflowRun?.headBranch ?? (onRef ? /^refs\/heads\/(.+)$/.exec(ref)?.[1] : undefined),
    baseBranch: pullRequest?.baseBranch ?? event.at("merge_group", "base_ref").text?.replace(/^refs\/heads\//, ""),
    defaultBranch,
    onDefaultBranch: onRef && defaultBranch !== undefined && ref === `refs/heads/${defaultBranch}`,
    actor: env.GITHUB_ACTOR ?? "",
    isDependabot: env.GITHUB_ACTOR === "dependabot[bot]",
    isFork,
    run: readRun({ env, serverUrl, owner, repo }),
    workflow: env.GITHUB_WORKFLOW ?? "",
    job: env.GITHUB_JOB ?? "",
    serverUrl,
    apiUrl: trimmedUrl(env.GITHUB_API_URL, "https://api.github.com"),
    hasArtifactService: hasArtifactService(serverUrl) && (env.ACTIONS_RUNTIME_TOKEN ?? "") !== "",
    pullRequest,
    mergeGroupPull: mergeGroupPull(event.at("merge_group", "head_ref").text ?? ref),
    deployment,
    dispatch,
    workflowRun,
  };
}

function readRun(input: {
  readonly env: Environment;
  readonly serverUrl: string;
  readonly owner: string;
  readonly repo: string;
}): RunFacts {
  const { env, serverUrl, owner, repo } = input;
  const id = numberOf(env.GITHUB_RUN_ID) ?? 0;
  const attempt = numberOf(env.GITHUB_RUN_ATTEMPT) ?? 1;
  const page = `${serverUrl}/${owner}/${repo}/actions/runs/${id}`;
  return {
    id,
    number: numberOf(env.GITHUB_RUN_NUMBER) ?? 0,
    attempt,
    url: attempt > 1 ? `${page}/attempts/${attempt}` : page,
  };
}

function readDeployment(event: Payload): DeploymentFacts | undefined {
  if (!event.at("deployment").exists) return undefined;
  const status = event.at("deployment_status");
  return {
    sha: event.at("deployment", "sha").sha,
    environment: status.at("environment").text ?? event.at("deployment", "environment").text,
    url: status.at("environment_url").text ?? status.at("target_url").text,
    state: status.at("state").text,
  };
}

function readDispatch(event: Payload): DispatchFacts {
  const payload = event.at("client_payload");
  return {
    type: event.at("action").text,
    url: payload.at("url").text ?? payload.at("environment_url").text,
    environment: payload.at("environment").text,
    sha:
      payload.at("git", "sha").sha ??
      payload.at("sha").sha ??
      payload.at("head_sha").sha ??
      // As slash-command dispatchers send it.
      payload.at("pull_request", "head", "sha").sha,
  };
}

function readWorkflowRun(run: Payload): WorkflowRunFacts {
  return {
    id: run.at("id").number,
    number: run.at("run_number").number,
    attempt: run.at("run_attempt").number,
    event: run.at("event").text,
    conclusion: run.at("conclusion").text,
    headSha: run.at("head_sha").sha,
    headBranch: run.at("head_branch").text,
    headOwner: run.at("head_repository", "owner", "login").text,
    headRepositoryId: run.at("head_repository", "id").number,
    pulls: run.at("pull_requests").items.flatMap((pull) => {
      const number = pull.at("number").number;
      return number === undefined ? [] : [{ number, baseRepositoryId: pull.at("base", "repo", "id").number }];
    }),
  };
}

/** `refs/heads/gh-readonly-queue/main/pr-104-<sha>`: the last pull request of the group. */
function mergeGroupPull(ref: string): number | undefined {
  return numberOf(/^refs\/heads\/gh-readonly-queue\/.+\/pr-(\d+)-[0-9a-f]+$/.exec(ref)?.[1]);
}

/** The hosts @actions/artifact takes for GitHub itself. */
function hasArtifactService(serverUrl: string): boolean {
  const host = URL.parse(serverUrl)?.hostname.toLowerCase() ?? "";
  return host === "github.com" || host.endsWith(".ghe.com") || host.endsWith(".localhost");
}

function trimmedUrl(url: string | undefined, fallback: string): string {
  return (url === undefined || url === "" ? fallback : url).replace(/\/+$/, "");
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A push that made the branch has forty zeros before it. */
function notZero(sha: string | undefined): string | undefined {
  return sha === undefined || /^0+$/.test(sha) ? undefined : sha;
}
