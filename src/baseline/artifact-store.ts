import { messageOf } from "../base/errors.ts";
import { readZippedFile } from "../base/zip.ts";
import { addRecord, type BaselineRecord, emptyBaseline } from "./baseline.ts";
import { copiesRead, mergeCopies } from "./copies.ts";
import { largestBaselineBytes } from "./document.ts";
import { field, isDenied, isDown, type RestRequest, saidBy, Unreachable } from "./github-port.ts";
import { type BaselineStore, type Change, fileNameOf, type Loaded, type Saved } from "./store.ts";
import { loadedFrom, nextVersion, refusalOf } from "./stored-text.ts";

const fileName = "baseline.json";
/** Pages of a hundred artifacts looked through. */
const pages = 3;
/** Runs asked about, however many of them turn out to be no baseline's. */
const runsAsked = 40;

export interface ArtifactStoreOptions {
  readonly request: RestRequest;
  /** Reads an archive by its API path, following the redirect without the token. Null where it has expired (410). */
  readonly download: (path: string, limits: { readonly limitBytes: number }) => Promise<Buffer | null>;
  /** Uploads an artifact of the running workflow; rejects where the platform has no artifact service. */
  readonly upload: (artifact: {
    readonly name: string;
    readonly files: readonly { readonly name: string; readonly text: string }[];
  }) => Promise<void>;
  /** `owner/name` */
  readonly repository: string;
  /** The branch whose runs are baselines. */
  readonly branch: string;
  readonly keep: number;
}

interface Artifact {
  readonly id: number;
  readonly runId: number;
  readonly expired: boolean;
}

/**
 * A baseline in artifacts of workflow runs: nothing to grant for writing, `actions: read` for reading. An artifact
 * cannot be changed, so each run uploads what it read with its own run added, and reading merges the newest copies.
 *
 * Anybody may open a pull request from a fork whose branch is called like the default branch, and its runs are listed
 * under that name: only successful runs of pushes, schedules and dispatches of this very repository count.
 */
export class ArtifactStore implements BaselineStore {
  readonly kind = "artifact";
  readonly #options: ArtifactStoreOptions;

  constructor(options: ArtifactStoreOptions) {
    this.#options = options;
  }

  async load(name: string): Promise<Loaded> {
    try {
      return await this.#load(name);
    } catch (error) {
      const why = `the artifacts cannot be read: ${messageOf(error)}`;
      return { is: "unreadable", why, unreachable: error instanceof Unreachable };
    }
  }

  save(name: string, record: BaselineRecord): Promise<Saved> {
    return this.change(name, (baseline) => addRecord(baseline, { record, keep: this.#options.keep }));
  }

  async change(name: string, change: Change): Promise<Saved> {
    const loaded = await this.load(name);
    const refusal = refusalOf(loaded);
    if (refusal) return { ...refusal, remedy: refusal.remedy ?? "delete that artifact to begin anew" };
    const before = loaded.is === "found" ? loaded.baseline : emptyBaseline(name);
    const next = nextVersion(before, change);
    if (next.is === "unsaved") return next;
    const artifact = artifactNameOf(name);
    try {
      await this.#options.upload({ name: artifact, files: [{ name: fileName, text: next.text }] });
    } catch (error) {
      return { is: "unsaved", reason: "failed", why: `the artifact ${artifact} was not uploaded: ${messageOf(error)}` };
    }
    return { is: "saved", where: `artifact ${artifact}`, runs: next.runs };
  }

  async #load(name: string): Promise<Loaded> {
    const { branch, keep } = this.#options;
    const listed = await this.#list(artifactNameOf(name));
    if (!Array.isArray(listed)) return listed;
    const good = new Map<number, boolean>();
    const copies: Loaded[] = [];
    let expired = 0;
    for (const { id, runId, expired: isExpired } of listed) {
      if (copies.length >= copiesRead || good.size >= runsAsked) break;
      if (isExpired) {
        expired++;
        continue;
      }
      if (!good.has(runId)) good.set(runId, await this.#isGood(runId));
      if (!good.get(runId)) continue;
      const copy = await this.#copy(name, { id, runId });
      if (copy) copies.push(copy);
      else expired++;
    }
    const merged = mergeCopies(copies, keep);
    if (merged) return merged;
    const runs = `successful run of ${branch}`;
    if (expired > 0)
      return { is: "expired", why: `the baseline of the last ${runs} has expired; the next one stores a new one` };
    return { is: "absent", why: `no ${runs} has stored a baseline yet` };
  }

  /** Artifacts of the name from runs of the branch, newest first. */
  async #list(artifact: string): Promise<Artifact[] | Loaded> {
    const { request, repository, branch } = this.#options;
    const found: Artifact[] = [];
    for (let page = 1; page <= pages; page++) {
      const path = `/repos/${repository}/actions/artifacts?name=${encodeURIComponent(artifact)}&per_page=100&page=${page}`;
      const answer = await request("GET", path);
      if (isDenied(answer)) {
        return {
          is: "forbidden",
          why: `the artifacts cannot be listed: ${saidBy(answer)}`,
          remedy: "grant the job permissions: actions: read",
        };
      }
      if (answer.status === 404) return { is: "absent", why: "this platform lists no artifacts" };
      if (isDown(answer)) throw new Unreachable(saidBy(answer));
      if (answer.status >= 400) return { is: "unreadable", why: `the artifacts cannot be listed: ${saidBy(answer)}` };
      const rows = field(answer.body, "artifacts");
      if (!Array.isArray(rows)) return { is: "unreadable", why: "GitHub's answer has no list of artifacts" };
      for (const row of rows as unknown[]) {
        const [id, runId, of] = [
          field(row, "id"),
          field(row, "workflow_run", "id"),
          field(row, "workflow_run", "head_branch"),
        ];
        if (typeof id !== "number" || typeof runId !== "number" || of !== branch || field(row, "name") !== artifact)
          continue;
        found.push({ id, runId, expired: field(row, "expired") === true });
      }
      if (rows.length < 100) break;
    }
    return found.sort((a, b) => b.id - a.id);
  }

  async #isGood(runId: number): Promise<boolean> {
    const { request, repository, branch } = this.#options;
    const answer = await request("GET", `/repos/${repository}/actions/runs/${runId}`);
    // Taken for a bad run, its baseline would be taken for none.
    if (isDown(answer)) throw new Unreachable(saidBy(answer));
    const { status, body } = answer;
    const own = field(body, "repository", "id");
    return (
      status === 200 &&
      own !== undefined &&
      own === field(body, "head_repository", "id") &&
      field(body, "head_branch") === branch &&
      field(body, "conclusion") === "success" &&
      ["push", "schedule", "workflow_dispatch"].includes(String(field(body, "event")))
    );
  }

  /** Undefined where the archive has expired since it was listed. */
  async #copy(name: string, { id, runId }: { id: number; runId: number }): Promise<Loaded | undefined> {
    const path = `/repos/${this.#options.repository}/actions/artifacts/${id}/zip`;
    const zip = await this.#options.download(path, { limitBytes: largestBaselineBytes });
    if (!zip) return undefined;
    const where = `artifact ${id} of run ${runId}`;
    try {
      const file = readZippedFile(zip, fileName, { fileBytes: largestBaselineBytes, entries: 100 });
      return loadedFrom(file.toString("utf8"), { name, where });
    } catch (error) {
      return { is: "unreadable", why: `${where} cannot be read: ${messageOf(error)}` };
    }
  }
}

/** The artifact a load test's baseline is uploaded as. */
function artifactNameOf(name: string): string {
  return `swarmgate-baseline-${fileNameOf(name)}`;
}
