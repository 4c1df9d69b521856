import type { GitHubClient } from "../github/api/client.ts";
import type { GitHubContext } from "../github/event/context.ts";
import { CommitFiles } from "../github/files/commit-files.ts";

/** The side a pull request, or a merge queue's group, is to be put on. */
export class BaseSide {
  /** The commit the event names. */
  readonly sha: string;
  /** `owner/name` */
  readonly repository: string;
  readonly files: CommitFiles;
  readonly #tip: CommitFiles | undefined;

  constructor(client: GitHubClient, { owner, repo, baseBranch }: GitHubContext, sha: string) {
    const at = (ref: string) => new CommitFiles({ client, owner, repo, sha: ref });
    this.sha = sha;
    this.repository = `${owner}/${repo}`;
    this.files = at(sha);
    this.#tip = baseBranch === undefined ? undefined : at(baseBranch);
  }

  /**
   * Whether a file of the base is this text; line ends count as equal. The event's commit may be older than what the
   * checkout was merged with, so the branch's tip is asked too: what equals it is no change of the pull request's.
   */
  async hasText(path: string, text: string): Promise<boolean> {
    const isText = async (files: CommitFiles) => plainLines((await files.text(path)) ?? "\0") === plainLines(text);
    if (await isText(this.files)) return true;
    return this.#tip !== undefined && (await isText(this.#tip).catch(() => false));
  }
}

/** The commit that side is at; null where the event has none. */
export function baseCommit({ pullRequest, eventName, baseSha }: GitHubContext): string | null {
  return pullRequest !== undefined || eventName === "merge_group" ? (baseSha ?? null) : null;
}

function plainLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
