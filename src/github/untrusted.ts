import { ExitCode, GateError } from "../base/errors.ts";
import { adviceFor } from "./api/api-advice.ts";
import type { GitHubClient } from "./api/client.ts";
import { type CommitOrigin, originOfCommit } from "./commit-origin.ts";
import type { GitHubContext } from "./event/context.ts";

/**
 * Events whose code somebody who may write here has chosen, or for which the platform takes secrets and the writing
 * token away where a fork's is run (pull_request, pull_request_review). A reusable workflow has its caller's event.
 * Every other event runs with secrets and token while anybody can cause it, or is not known yet, and is refused.
 */
const allowedEvents = new Set([
  "push",
  "pull_request",
  "pull_request_review",
  "merge_group",
  "schedule",
  "workflow_dispatch",
  "release",
  "create",
]);
/** Events that carry a commit, which may be a fork's; the platform takes nothing away for it. */
const allowedForOwnCommits = new Set(["deployment", "deployment_status", "repository_dispatch"]);

export interface UntrustedRequest {
  readonly context: GitHubContext;
  readonly client: GitHubClient | undefined;
  /** False for `mode: report` and for `results`, which execute nothing. */
  readonly loadsLocustfile: boolean;
  /** The input `allow-untrusted-locustfile`. */
  readonly allowed: boolean;
}

/**
 * Call it before any file of the repository is loaded. Throws `untrusted-locustfile`. What cannot be found out counts
 * as untrusted.
 */
export async function refuseUntrusted(request: UntrustedRequest): Promise<void> {
  const { context, loadsLocustfile, allowed } = request;
  if (!loadsLocustfile || allowed) return;
  const { eventName } = context;
  if (allowedEvents.has(eventName)) return;
  if (!allowedForOwnCommits.has(eventName)) {
    throw refusal(
      `Refusing to run a locustfile from a '${eventName}' workflow: it has this repository's secrets and token, and the code may be a stranger's.`,
    );
  }
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
