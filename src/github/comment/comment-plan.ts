import type { Conclusion } from "../../verdict/verdict.ts";
import { isNewer, type RunStamp, saysTheSame, stampOf } from "./comment-document.ts";

/** The input `comment`. */
export type CommentMode = "always" | "on-change" | "on-failure" | "never";

/** How much there is to tell: the step fails; something changed or is in doubt; nothing. */
export type News = "failing" | "change" | "quiet";

/** Of a verdict or of a report, what tells news. */
export interface Findings {
  readonly conclusion: Conclusion;
  readonly comparisons: readonly { readonly outcome: string }[];
  readonly thresholds: readonly { readonly outcome: string }[];
  /** Of the gate itself, by the pull request that it judges. */
  readonly gateChanges?: readonly unknown[];
  /** Something befell the run that no comparison shows: pauses, a leak, failures where there never were any. */
  readonly isOdd?: boolean;
}

/** What a verdict is worth telling. `failing` is whether the step fails, which `fail-on` decides. */
export function newsOf(verdict: Findings, failing: boolean): News {
  if (failing) return "failing";
  if (verdict.conclusion !== "pass") return "change";
  // What could not be told alone is no change.
  const moved = verdict.comparisons.some(({ outcome }) => ["regressed", "improved", "missing"].includes(outcome));
  const warned = verdict.thresholds.some((t) => t.outcome !== "pass");
  const changed = (verdict.gateChanges ?? []).length > 0;
  return moved || warned || changed || verdict.isOdd ? "change" : "quiet";
}

export interface ExistingComment {
  readonly id: number;
  readonly body: string;
  readonly url: string;
}

export type CommentPlan =
  | { readonly do: "create" }
  | { readonly do: "update"; readonly comment: ExistingComment }
  | { readonly do: "leave"; readonly comment: ExistingComment | undefined; readonly because: LeaveReason };

export type LeaveReason = "never" | "nothing-new" | "same" | "newer-run" | "newer-commit";

/**
 * What to do about the comment. A comment that is there is brought up to date in every mode but `never`, so that a
 * failure is seen to have cleared; a new one is made only when the mode asks for it.
 */
export function planComment(input: {
  readonly mode: CommentMode;
  readonly news: News;
  readonly body: string;
  readonly run: RunStamp;
  readonly existing: ExistingComment | undefined;
}): CommentPlan {
  const { mode, news, existing } = input;
  if (mode === "never") return { do: "leave", comment: existing, because: "never" };
  if (existing === undefined) {
    const wanted = mode === "always" || news === "failing" || (mode === "on-change" && news === "change");
    return wanted ? { do: "create" } : { do: "leave", comment: undefined, because: "nothing-new" };
  }
  const written = stampOf(existing.body);
  if (written !== undefined && isNewer(written, input.run)) {
    return { do: "leave", comment: existing, because: "newer-run" };
  }
  if (saysTheSame({ before: existing.body, after: input.body })) {
    return { do: "leave", comment: existing, because: "same" };
  }
  return { do: "update", comment: existing };
}
