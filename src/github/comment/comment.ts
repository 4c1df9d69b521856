import { commentMarker } from "../../report/markdown/marker.ts";
import { adviceFor, type ReadOnlyCause } from "../api/api-advice.ts";
import type { GitHubClient } from "../api/client.ts";
import { loginOf } from "../api/identity.ts";
import { apiFailure } from "../api/rate-limit.ts";
import { commentBody, isNewer, type RunStamp, stampOf, withNote } from "./comment-document.ts";
import { type CommentMode, type ExistingComment, type LeaveReason, type News, planComment } from "./comment-plan.ts";

/** Where to comment. */
interface CommentPlace {
  readonly owner: string;
  readonly repo: string;
  readonly pull: number;
}

export interface CommentRequest {
  readonly client: GitHubClient;
  readonly place: CommentPlace;
  /** The instance: there is one comment per name. */
  readonly name: string;
  /** The report, marker first. */
  readonly markdown: string;
  readonly mode: CommentMode;
  readonly news: News;
  readonly run: RunStamp;
  readonly readOnly?: ReadOnlyCause | undefined;
  /** All tries and pauses together; 80 s if not given, so that a limit of a minute leaves time for another try. */
  readonly budgetMs?: number;
}

export type CommentOutcome =
  | { readonly kind: "written"; readonly how: "created" | "updated"; readonly id: number; readonly url: string }
  | { readonly kind: "left"; readonly because: LeaveReason; readonly id?: number; readonly url?: string }
  /** Never a reason to fail: `notice` says what to grant. */
  | { readonly kind: "failed"; readonly notice: string };

/** Brings the pull request's one comment up to date. Never throws and never takes longer than its budget. */
export async function upsertComment(request: CommentRequest): Promise<CommentOutcome> {
  if (request.mode === "never") return { kind: "left", because: "never" };
  return await withinBudget(request, (signal) => bringUpToDate(request, signal));
}

/**
 * Says in the comment that is there, if one is, what is going on now: that a run has begun, that it was cancelled.
 * Makes no comment and leaves one of a newer run alone.
 */
export async function noteInComment(
  request: Omit<CommentRequest, "markdown" | "news"> & { readonly note: string },
): Promise<CommentOutcome> {
  if (request.mode === "never") return { kind: "left", because: "never" };
  return await withinBudget(request, async (signal) => {
    const existing = await findOwn(request, signal);
    if (existing === undefined) return { kind: "left", because: "nothing-new" };
    const written = stampOf(existing.body);
    if (written !== undefined && isNewer(written, request.run)) return left("newer-run", existing);
    await update(request, { existing, body: withNote(existing.body, request.note), signal });
    return { kind: "written", how: "updated", id: existing.id, url: existing.url };
  });
}

type Session = Omit<CommentRequest, "markdown" | "news">;

async function withinBudget(
  request: Session,
  work: (signal: AbortSignal) => Promise<CommentOutcome>,
): Promise<CommentOutcome> {
  const budgetMs = request.budgetMs ?? 80_000;
  const what = `comment on #${request.place.pull}`;
  const over = new AbortController();
  const done = new AbortController();
  const timer = request.client.clock.sleep(budgetMs, done.signal).then((): CommentOutcome => {
    over.abort();
    return {
      kind: "failed",
      notice: `could not ${what}: GitHub did not answer within ${Math.round(budgetMs / 1000)} s`,
    };
  });
  const attempt = work(over.signal).catch((error: unknown): CommentOutcome => {
    const permission = "pull-requests: write";
    return { kind: "failed", notice: adviceFor(error, { what, permission, readOnly: request.readOnly }) };
  });
  const outcome = await Promise.race([attempt, timer]);
  done.abort();
  return outcome;
}

async function bringUpToDate(request: CommentRequest, signal: AbortSignal): Promise<CommentOutcome> {
  const body = commentBody(request);
  const existing = await findOwn(request, signal);
  const plan = planComment({ ...request, body, existing });
  if (plan.do === "leave") return left(plan.because, plan.comment);
  if (plan.do === "update") {
    if (await hasMovedOn(request, signal)) return left("newer-commit", plan.comment);
    await update(request, { existing: plan.comment, body, signal });
    return { kind: "written", how: "updated", id: plan.comment.id, url: plan.comment.url };
  }
  const made = await create(request, { body, signal });
  return { kind: "written", how: "created", id: made.id, url: made.url };
}

function left(because: LeaveReason, comment: ExistingComment | undefined): CommentOutcome {
  return { kind: "left", because, ...(comment === undefined ? {} : { id: comment.id, url: comment.url }) };
}

/**
 * The comment with our marker at its very start and our own login as its author: anybody can write a marker. Two runs
 * that began at once may have made two; the first one stays and the others go.
 */
async function findOwn(request: Session, signal: AbortSignal): Promise<ExistingComment | undefined> {
  const { octokit } = request.client;
  const { owner, repo, pull } = request.place;
  const marker = commentMarker(request.name);
  const marked: (ExistingComment & { readonly author: string })[] = [];
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    owner,
    repo,
    issue_number: pull,
    per_page: 100,
    request: { signal },
  });
  for await (const { data } of pages) {
    for (const comment of data) {
      if (comment.body?.startsWith(marker) !== true) continue;
      marked.push({ id: comment.id, body: comment.body, url: comment.html_url, author: comment.user?.login ?? "" });
    }
  }
  if (marked.length === 0) return undefined;
  const self = (await loginOf(request.client, signal)).toLowerCase();
  const [first, ...twins] = marked.filter((comment) => comment.author.toLowerCase() === self);
  for (const twin of twins) {
    await octokit.rest.issues
      .deleteComment({ owner, repo, comment_id: twin.id, request: { signal } })
      .catch(() => undefined);
  }
  return first;
}

/** True if the pull request got another commit meanwhile: that commit's run will tell. */
async function hasMovedOn(request: CommentRequest, signal: AbortSignal): Promise<boolean> {
  const { owner, repo, pull } = request.place;
  if (request.run.sha === "") return false;
  try {
    const { data } = await request.client.octokit.rest.pulls.get({
      owner,
      repo,
      pull_number: pull,
      request: { signal },
    });
    return data.head.sha !== request.run.sha;
  } catch {
    // Not being able to look is no reason to be silent.
    return false;
  }
}

async function update(
  request: Session,
  change: { readonly existing: ExistingComment; readonly body: string; readonly signal: AbortSignal },
): Promise<void> {
  const { owner, repo } = request.place;
  await request.client.octokit.rest.issues.updateComment({
    owner,
    repo,
    comment_id: change.existing.id,
    body: change.body,
    request: { signal: change.signal },
  });
}

const createTries = 4;

/**
 * Makes the comment. A create whose answer got lost (5xx, a dropped connection) may have worked, so before another
 * try the comment is looked for; the client's own retries would make two.
 */
async function create(
  request: CommentRequest,
  content: { readonly body: string; readonly signal: AbortSignal },
): Promise<ExistingComment> {
  const { owner, repo, pull } = request.place;
  const { client } = request;
  const { body, signal } = content;
  for (let attempt = 1; ; attempt++) {
    try {
      const { data } = await client.octokit.rest.issues.createComment({
        owner,
        repo,
        issue_number: pull,
        body,
        request: { signal, retries: 0 },
      });
      return { id: data.id, body, url: data.html_url };
    } catch (error) {
      const status = apiFailure(error)?.status ?? 0;
      if (status < 500 || attempt === createTries || signal.aborted) throw error;
      await client.clock.sleep(attempt ** 2 * client.retryPauseMs, signal);
      const landed = await findOwn(request, signal);
      if (landed !== undefined) return landed;
    }
  }
}
