import { messageOf } from "../../base/errors.ts";
import type { GitHubContext } from "../event/context.ts";
import { apiFailure, isRateLimit } from "./rate-limit.ts";

/** Why a token may only read, where the event tells. */
export type ReadOnlyCause = "fork" | "dependabot";

/** Why the workflow's own token may only read in a run like this; undefined if it may do what it was granted. */
export function readOnlyCause(
  context: Pick<GitHubContext, "eventName" | "isFork" | "isDependabot">,
): ReadOnlyCause | undefined {
  if (context.eventName === "pull_request" && context.isFork) return "fork";
  return context.isDependabot ? "dependabot" : undefined;
}

export interface Attempted {
  /** What was tried, to follow "could not": `comment on #7`. */
  readonly what: string;
  /** What it needs, as written under `permissions:`: `pull-requests: write`. */
  readonly permission: string;
  readonly readOnly?: ReadOnlyCause | undefined;
}

/** One sentence or two for people: what GitHub refused and what to do about it. Never throws. */
export function adviceFor(error: unknown, attempted: Attempted): string {
  return `could not ${attempted.what}: ${causeOf(error, attempted)}`;
}

function causeOf(error: unknown, attempted: Attempted): string {
  const failure = apiFailure(error);
  if (failure === undefined) return messageOf(error);
  if (!failure.answered) return `GitHub's API could not be reached (${failure.message})${trustAdvice(failure.message)}`;
  if (isRateLimit(failure)) return `GitHub's rate limit is used up (${failure.status})`;
  switch (failure.status) {
    case 401:
      return "GitHub refused the token (401); check the input github-token";
    case 403:
      return `GitHub refused (403: ${firstLine(failure.message)}); ${permissionAdvice(attempted)}`;
    case 404:
      return `GitHub answered 404, so it is not there or the token may not see it; ${permissionAdvice(attempted)}`;
    default:
      return `GitHub answered ${failure.status} (${firstLine(failure.message)})`;
  }
}

/** A server of one's own has a certificate of one's own authority, which Node has to be told of before it starts. */
function trustAdvice(message: string): string {
  if (!/certificate/i.test(message) || /expired|altname/i.test(message)) return "";
  return "; give the job the authority's file in the variable NODE_EXTRA_CA_CERTS";
}

function permissionAdvice(attempted: Attempted): string {
  if (attempted.readOnly === "fork") {
    return "the token of a fork's pull request may only read: tell it from a second workflow on workflow_run with mode: report";
  }
  if (attempted.readOnly === "dependabot") {
    return `Dependabot's token may only read unless the workflow gives it the permission ${attempted.permission}`;
  }
  return `give this workflow the permission ${attempted.permission}`;
}

function firstLine(text: string): string {
  return (text.split(/\r?\n/)[0] ?? "").slice(0, 200);
}
