import type { Payload } from "./payload.ts";

/** A pull request as an event's payload tells it. */
export interface PullRequestFacts {
  readonly number: number;
  readonly headSha: string | undefined;
  readonly baseSha: string | undefined;
  /** The contributor's branch name: hostile text. */
  readonly headBranch: string | undefined;
  readonly baseBranch: string | undefined;
  /** From another repository, or from one that is gone. */
  readonly isFork: boolean;
}

/** `pull_request` and `pull_request_target` carry it whole; `issue_comment` only says that the issue is one. */
export function readPullRequestFacts(event: Payload): PullRequestFacts | undefined {
  const pull = event.at("pull_request");
  const number = pull.at("number").number;
  if (number === undefined) return undefined;
  const head = pull.at("head", "repo", "id").number;
  const base = pull.at("base", "repo", "id").number ?? event.at("repository", "id").number;
  return {
    number,
    headSha: pull.at("head", "sha").sha,
    baseSha: pull.at("base", "sha").sha,
    headBranch: pull.at("head", "ref").text,
    baseBranch: pull.at("base", "ref").text,
    isFork: head === undefined || head !== base,
  };
}
