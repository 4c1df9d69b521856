/** Where the version to compare with is to be looked for. */
export type BaseQuestion =
  /** The commit the pull request's merge was made onto; else where the branch left the base branch. */
  | {
      readonly kind: "pull-request";
      /** The commit that the event checks out: the test merge. */
      readonly eventSha: string;
      readonly headSha: string;
      readonly baseBranch: string | null;
      /** As the event names it; may be older than the merge. */
      readonly baseSha: string | null;
    }
  /** A commit the event names; where it is not there, the parent of what is checked out, if that may stand in. */
  | { readonly kind: "commit"; readonly sha: string | null; readonly orParent: boolean }
  /** A revision as git spells it, named by the user. */
  | { readonly kind: "revision"; readonly revision: string }
  /** There is none, which is no fault. */
  | { readonly kind: "none"; readonly why: string };

/** What an event says about itself, as far as a base depends on it. */
export interface EventFacts {
  readonly eventName: string;
  readonly eventSha: string;
  readonly headSha: string;
  readonly isPullRequest: boolean;
  readonly baseBranch: string | null;
  /** Of a pull request and a merge queue the base's commit, of a push the commit before; null where all zeros. */
  readonly baseSha: string | null;
}

/** Which commit an event is to be compared with (`base: auto`). */
export function baseQuestion({ eventName, isPullRequest, ...facts }: EventFacts): BaseQuestion {
  const { eventSha, headSha, baseBranch, baseSha } = facts;
  if (isPullRequest) return { kind: "pull-request", eventSha, headSha, baseBranch, baseSha };
  if (eventName === "merge_group") return { kind: "commit", sha: baseSha, orParent: false };
  if (eventName === "push") return { kind: "commit", sha: baseSha, orParent: true };
  if (eventName === "")
    return { kind: "none", why: "outside of a workflow it is named by --base, as in --base origin/main" };
  return { kind: "none", why: `a ${eventName} event has no base version` };
}

/** The parents in a commit object as `git cat-file commit` prints it; a shallow clone shows them too. */
export function parentsOf(commitObject: string): string[] {
  const [header = ""] = commitObject.split("\n\n", 1);
  return [...header.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map(([, sha]) => sha as string);
}

/**
 * The base that the test merge itself names: the first parent, if what is checked out is that merge and its second
 * parent the pull request's head. Null otherwise: the checkout is something else then.
 */
export function baseOfMerge(
  { eventSha, headSha }: Extract<BaseQuestion, { kind: "pull-request" }>,
  checkedOut: { readonly sha: string; readonly parents: readonly string[] },
): string | null {
  const { sha, parents } = checkedOut;
  if (sha !== eventSha || parents.length !== 2 || parents[1] !== headSha) return null;
  return parents[0] ?? null;
}
