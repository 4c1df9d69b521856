import { ExitCode, GateError } from "../base/errors.ts";
import { adviceFor } from "./api-advice.ts";
import type { GitHubClient } from "./client.ts";
import { type CommitOrigin, originOfCommit } from "./commit-origin.ts";
import type { GitHubContext } from "./context.ts";

/** Events that run with the repository's secrets and a writing token while anybody may have chosen the code. */
const alwaysRefused = new Set(["pull_request_target", "workflow_run", "issue_comment"]);
/** Events made by deployments, which may be of a fork's commit; the platform makes nothing weaker for it. */
const refusedForForks = new Set(["deployment_status", "repository_dispatch"]);

export interface UntrustedRequest {
  readonly context: GitHubContext;
  readonly client: GitHubClient | undefined;
  /** False for `mode: report` and for `results`, which execute nothing. */
  readonly loadsLocustfile: boolean;
  /** The input `allow-untrusted-locustfile`. */
  readonly allowed: boolean;
}

/**
 * The guard of SPEC section 9; call it before any file of the repository is loaded. Throws `untrusted-locustfile`.
 * What cannot be found out counts as untrusted.
 */
export async function refuseUntrusted(request: UntrustedRequest): Promise<void> {
  const { context, loadsLocustfile, allowed } = request;
  if (!loadsLocustfile || allowed) return;
  const { eventName } = context;
  if (alwaysRefused.has(eventName)) {
    throw refusal(
      `Refusing to run a locustfile from a '${eventName}' workflow: it has this repository's secrets and token, and the code may be a stranger's.`,
    );
  }
  if (!refusedForForks.has(eventName)) return;
  const origin = await findOrigin(request);
  if (origin === "own") return;
  const commit = context.headSha === "" ? "that names no commit" : `of ${context.headSha.slice(0, 7)}`;
  const because =
    origin === "fork"
      ? "the commit belongs to a fork"
      : "whether the commit belongs to this repository or to a fork could not be found out";
  throw refusal(`Refusing to run a locustfile from a '${eventName}' workflow ${commit}: ${because}.`);
}

async function findOrigin(request: UntrustedRequest): Promise<CommitOrigin> {
  const { context, client } = request;
  // A dispatch without a commit runs what the default branch has: the workflow's own ref, chosen by nobody else.
  if (context.eventName === "repository_dispatch" && context.dispatch?.sha === undefined) return "own";
  if (client === undefined) return "unknown";
  try {
    return await originOfCommit(context, client);
  } catch (error) {
    throw refusal(
      `Refusing to run a locustfile from a '${context.eventName}' workflow: ${adviceFor(error, {
        what: "find out whether the commit belongs to a fork",
        permission: "pull-requests: read",
      })}.`,
    );
  }
}

function refusal(message: string): GateError {
  return new GateError("untrusted-locustfile", message, {
    exitCode: ExitCode.usage,
    place: "allow-untrusted-locustfile",
    hint: "run it on pull_request instead, or, having read SECURITY.md, set allow-untrusted-locustfile: true",
  });
}
