import { adviceFor, type ReadOnlyCause } from "./api/api-advice.ts";
import type { GitHubClient } from "./api/client.ts";

/** The input `status`. */
export type StatusKind = "none" | "commit-status" | "check-run";

export interface StatusPlace {
  readonly client: GitHubClient;
  readonly owner: string;
  readonly repo: string;
  /** The head commit, never the merge commit. */
  readonly sha: string;
  readonly name: string;
  /** The run's page, or the comment. */
  readonly url: string;
  readonly readOnly?: ReadOnlyCause | undefined;
}

/** How it ended. `neutral` is a run that was not judged and was not told to fail for it. */
export type StatusConclusion = "success" | "failure" | "neutral" | "cancelled";

export interface StatusEnd {
  readonly conclusion: StatusConclusion;
  /** One line. */
  readonly title: string;
  /** Markdown, of the check run only. */
  readonly summary: string;
}

export interface StatusHandle {
  /** Says how it ended; answers a notice if GitHub refused. Never throws. */
  end(outcome: StatusEnd): Promise<string | undefined>;
  /** Why the beginning could not be told. */
  readonly notice: string | undefined;
}

/** A description of a commit status is refused above this. */
const descriptionLimit = 140;
/** Of a check run's summary. */
const summaryLimit = 65_535;

/** Says on the commit that the load test has begun. Nothing here changes the verdict. */
export async function beginStatus(kind: StatusKind, place: StatusPlace): Promise<StatusHandle> {
  if (kind === "none") return { notice: undefined, end: () => Promise.resolve(undefined) };
  return kind === "commit-status" ? await beginCommitStatus(place) : await beginCheckRun(place);
}

/** Not the job's name: two required checks of one name block each other. */
function contextOf(place: StatusPlace): string {
  return `swarmgate/${place.name}`;
}

async function beginCommitStatus(place: StatusPlace): Promise<StatusHandle> {
  const post = (state: "pending" | "success" | "failure" | "error", description: string) =>
    attempt(place, "statuses: write", async () => {
      await place.client.octokit.rest.repos.createCommitStatus({
        owner: place.owner,
        repo: place.repo,
        sha: place.sha,
        state,
        context: contextOf(place),
        description: shortened(description, descriptionLimit),
        target_url: place.url,
      });
    });
  const notice = await post("pending", "running the load test");
  const states = { success: "success", neutral: "success", failure: "failure", cancelled: "error" } as const;
  return { notice, end: ({ conclusion, title }) => post(states[conclusion], title) };
}

async function beginCheckRun(place: StatusPlace): Promise<StatusHandle> {
  const { owner, repo } = place;
  const { checks } = place.client.octokit.rest;
  let id: number | undefined;
  const notice = await attempt(place, "checks: write", async () => {
    const { data } = await checks.create({
      owner,
      repo,
      name: contextOf(place),
      head_sha: place.sha,
      status: "in_progress",
      started_at: stamp(place),
      details_url: place.url,
    });
    id = data.id;
  });
  return {
    notice,
    end: ({ conclusion, title, summary }) =>
      attempt(place, "checks: write", async () => {
        const output = { title: shortened(title, 255), summary: shortened(summary, summaryLimit) };
        const completed = { status: "completed", conclusion, completed_at: stamp(place), output } as const;
        if (id !== undefined) await checks.update({ owner, repo, check_run_id: id, ...completed });
        // The beginning was refused or lost: the end alone is worth telling.
        else
          await checks.create({
            owner,
            repo,
            name: contextOf(place),
            head_sha: place.sha,
            details_url: place.url,
            ...completed,
          });
      }),
  };
}

async function attempt(place: StatusPlace, permission: string, call: () => Promise<void>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return adviceFor(error, {
      what: `set the status of ${place.sha.slice(0, 7)}`,
      permission,
      readOnly: place.readOnly,
    });
  }
}

/** GitHub takes no fractions of a second here. */
function stamp(place: StatusPlace): string {
  return new Date(place.client.clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
}

function shortened(text: string, limit: number): string {
  const points = [...text];
  return points.length <= limit ? text : `${points.slice(0, limit - 1).join("")}…`;
}
