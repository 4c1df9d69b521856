import { ExitCode, GateError } from "../base/errors.ts";
import { aimedAt, type GateConfig } from "../config/gate-config.ts";
import type { GitHubClient } from "../github/api/client.ts";
import { awaitDeployment, type DeploymentAnswer, findBaseDeployment } from "../github/deployment/deployment.ts";
import type { GitHubContext } from "../github/event/context.ts";

interface Search {
  readonly config: GateConfig;
  readonly context: GitHubContext;
  readonly client: GitHubClient | undefined;
  readonly signal: AbortSignal;
  readonly log: (text: string) => void;
}

export type Target =
  | { readonly found: true; readonly config: GateConfig }
  /** Nothing was deployed for the commit, and the user said that this is fine. */
  | { readonly found: false; readonly reason: string };

/** Hosting platforms hardly ever deploy a merge queue's branches; one that does has begun by then. */
const queueWaitMs = 60_000;

/** Where the deployments of this commit and of the base are; the same configuration where nobody asked for them. */
export async function findTarget(search: Search): Promise<Target> {
  const head = await findHead(search);
  if (!head.found) return head;
  const base = await findBase({ ...search, config: head.config });
  return { found: true, config: base };
}

async function findHead({ config, context, client, signal, log }: Search): Promise<Target> {
  const { settings } = config;
  const environment = settings["deployment-environment"];
  // A host that was named, by the event's own payload perhaps, needs no looking for.
  if (environment === null || settings.host !== null) return { found: true, config };
  log(`looking for the deployment of ${context.headSha.slice(0, 7)} to ${environment}`);
  const { owner, repo } = context;
  const found = await awaitDeployment({
    client: neededClient(client),
    owner,
    repo,
    sha: context.headSha,
    environment,
    timeoutMs: settings["wait-timeout"],
    ...(context.eventName === "merge_group" && { noneAfterMs: queueWaitMs }),
    signal,
    onWait: (because) => log(`waiting: ${because}`),
  });
  if (signal.aborted) {
    throw new GateError("interrupted", "interrupted while waiting for the deployment", {
      exitCode: ExitCode.interrupted,
    });
  }
  if (found.found) {
    log(`the target is ${originOf(found.url)}, deployed to ${found.environment}`);
    return { found: true, config: aimedAt(config, { host: withoutSlash(found.url) }) };
  }
  if (found.kind === "none" && settings["on-no-target"] === "pass") return { found: false, reason: found.reason };
  throw notDeployed(found);
}

function notDeployed({ kind, reason }: Extract<DeploymentAnswer, { found: false }>): GateError {
  const hint =
    kind === "none"
      ? "set on-no-target: pass if commits without a deployment are fine (merge queues, skipped builds, forks)"
      : "see what the platform says about this deployment; wait-timeout is how long to wait for it";
  return new GateError("no-deployment", reason, {
    exitCode: ExitCode.notReady,
    place: "deployment-environment",
    hint,
  });
}

/** Without a base there is nothing to compare with side by side: told, and an error only where that was asked for. */
async function findBase({ config, context, client, log }: Search): Promise<GateConfig> {
  const { settings } = config;
  const environment = settings["base-deployment-environment"];
  if (environment === null || settings["base-host"] !== null || settings.compare === "none") return config;
  const { owner, repo } = context;
  const baseBranch = context.baseBranch ?? context.defaultBranch ?? "main";
  const found = await findBaseDeployment({ client: neededClient(client), owner, repo, environment, baseBranch });
  if (found.found) {
    const url = withoutSlash(found.url);
    if (url !== settings.host) {
      log(`the base version is ${originOf(url)}, commit ${found.sha.slice(0, 7)} deployed to ${found.environment}`);
      return aimedAt(config, { "base-host": url });
    }
  }
  const reason = found.found ? `the newest deployment to ${environment} is the target itself` : found.reason;
  if (settings.compare === "side-by-side") {
    throw new GateError("no-deployment", reason, {
      exitCode: ExitCode.notReady,
      place: "base-deployment-environment",
      hint: "deploy the base branch to it once, or set compare: auto to do without",
    });
  }
  log(`not side by side: ${reason}`);
  return { ...config, notices: [...config.notices, `not side by side: ${reason}`] };
}

function neededClient(client: GitHubClient | undefined): GitHubClient {
  if (client) return client;
  throw new GateError("token-missing", "deployments cannot be read without a token", {
    place: "github-token",
    hint: "leave it as it is by default and give the job the permission deployments: read",
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** Without user names, path and query, which may carry keys. */
function originOf(url: string): string {
  return URL.parse(url)?.origin ?? "an address that is no URL";
}
