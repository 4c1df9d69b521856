import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { addRecord, type BaselineRecord, emptyBaseline } from "./baseline.ts";
import {
  field,
  isDenied,
  isDown,
  type RestAnswer,
  type RestRequest,
  saidBy,
  textField,
  Unreachable,
} from "./github-port.ts";
import { type BaselineStore, type Change, fileNameOf, type Loaded, type Saved } from "./store.ts";
import { loadedFrom, nextVersion, refusalOf } from "./stored-text.ts";

const attempts = 30;

export interface BranchStoreOptions {
  readonly request: RestRequest;
  /** `owner/name` */
  readonly repository: string;
  readonly branch: string;
  readonly keep: number;
  readonly clock: Clock;
  /** Spreads writers that met. */
  readonly random: Random;
}

/** The tip of the branch as a writer saw it. */
interface Tip {
  readonly commit: string;
  readonly tree: string;
}

/** A step that GitHub refused. */
class Refused extends Error {
  readonly answer: RestAnswer;

  constructor(answer: RestAnswer) {
    super(saidBy(answer));
    this.answer = answer;
  }
}

/**
 * A baseline on a branch of its own without common history, written by the git data API: the work tree is never
 * touched and no git is needed. A commit names the tip it was made from, and GitHub moves the branch only forward, so
 * a writer that comes second is told (422), reads again and repeats.
 */
export class BranchStore implements BaselineStore {
  readonly kind = "branch";
  readonly #options: BranchStoreOptions;

  constructor(options: BranchStoreOptions) {
    this.#options = options;
  }

  async load(name: string): Promise<Loaded> {
    return (await this.#read(name)).loaded;
  }

  save(name: string, record: BaselineRecord): Promise<Saved> {
    return this.change(name, (baseline) => addRecord(baseline, { record, keep: this.#options.keep }));
  }

  async change(name: string, change: Change): Promise<Saved> {
    const { branch, clock, random } = this.#options;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { loaded, tip } = await this.#read(name);
      const refusal = refusalOf(loaded);
      if (refusal) return refusal;
      const before = loaded.is === "found" ? loaded.baseline : emptyBaseline(name);
      const next = nextVersion(before, change);
      if (next.is === "unsaved") return next;
      try {
        const commit = await this.#commit(tip, { path: pathOf(name), text: next.text, name });
        const moved = await this.#move(tip, commit);
        if (moved) return { is: "saved", where: `branch ${branch} (${commit.slice(0, 7)})`, runs: next.runs };
      } catch (error) {
        return unsaved(error);
      }
      await clock.sleep(random.float() * 100 * Math.min(attempt, 10));
    }
    return { is: "unsaved", reason: "conflict", why: `branch ${branch} is being written by others without end` };
  }

  async #read(name: string): Promise<{ loaded: Loaded; tip: Tip | undefined }> {
    const where = `branch ${this.#options.branch}`;
    let tip: Tip | undefined;
    try {
      const ref = await this.#options.request("GET", this.#git(`ref/heads/${this.#options.branch}`));
      // 409 is what a repository without any commit answers.
      if (ref.status === 404 || ref.status === 409) {
        return { loaded: { is: "absent", why: `there is no ${where} yet` }, tip };
      }
      const commit = textField(good(ref).body, "object", "sha");
      const tree = textField((await this.#get(`commits/${commit}`)).body, "tree", "sha");
      tip = { commit, tree };
      const blob = await this.#blobOf(tree, pathOf(name));
      if (blob === undefined)
        return { loaded: { is: "absent", why: `${where} has no baseline of "${name}" yet` }, tip };
      const { body } = await this.#get(`blobs/${blob}`);
      const text = Buffer.from(textField(body, "content"), "base64").toString("utf8");
      return { loaded: loadedFrom(text, { name, where: `${where} (${commit.slice(0, 7)})` }), tip };
    } catch (error) {
      if (error instanceof Refused && isDenied(error.answer)) {
        const remedy = "grant the job permissions: contents: read";
        return { loaded: { is: "forbidden", why: `${where} cannot be read: ${error.message}`, remedy }, tip };
      }
      const unreachable = error instanceof Unreachable || (error instanceof Refused && isDown(error.answer));
      return { loaded: { is: "unreadable", why: `${where} cannot be read: ${messageOf(error)}`, unreachable }, tip };
    }
  }

  /** The blob at a path of two steps, directory and file. */
  async #blobOf(tree: string, path: string): Promise<string | undefined> {
    const { body } = await this.#get(`trees/${tree}?recursive=1`);
    const entries = field(body, "tree");
    const entry = Array.isArray(entries) ? entries.find((candidate) => field(candidate, "path") === path) : undefined;
    return entry === undefined ? undefined : textField(entry, "sha");
  }

  async #commit(
    tip: Tip | undefined,
    { path, text, name }: { path: string; text: string; name: string },
  ): Promise<string> {
    const blob = await this.#post("blobs", { content: Buffer.from(text).toString("base64"), encoding: "base64" });
    const entry = { path, mode: "100644", type: "blob", sha: textField(blob.body, "sha") };
    const tree = await this.#post("trees", { ...(tip ? { base_tree: tip.tree } : {}), tree: [entry] });
    const commit = await this.#post("commits", {
      message: `baseline of ${name}`,
      tree: textField(tree.body, "sha"),
      parents: tip ? [tip.commit] : [],
    });
    return textField(commit.body, "sha");
  }

  /** Whether the branch now is at `commit`; false if somebody else moved it first. */
  async #move(tip: Tip | undefined, commit: string): Promise<boolean> {
    const { branch, request } = this.#options;
    const answer = tip
      ? await request("PATCH", this.#git(`refs/heads/${branch}`), { sha: commit, force: false })
      : await request("POST", this.#git("refs"), { ref: `refs/heads/${branch}`, sha: commit });
    if (answer.status === 409) return false;
    if (answer.status === 422 && /fast.?forward|already exists|expected/i.test(saidBy(answer))) return false;
    good(answer);
    return true;
  }

  async #get(path: string): Promise<RestAnswer> {
    return good(await this.#options.request("GET", this.#git(path)));
  }

  async #post(path: string, body: unknown): Promise<RestAnswer> {
    return good(await this.#options.request("POST", this.#git(path), body));
  }

  #git(path: string): string {
    return `/repos/${this.#options.repository}/git/${path}`;
  }
}

function pathOf(name: string): string {
  return `${fileNameOf(name)}/baseline.json`;
}

function good(answer: RestAnswer): RestAnswer {
  if (answer.status >= 400) throw new Refused(answer);
  return answer;
}

/** A token that may not write gets 403, or 404 where it may not even know; a protected branch answers 422. */
function unsaved(error: unknown): Saved {
  const status = error instanceof Refused ? error.answer.status : 0;
  if (![401, 403, 404, 422].includes(status)) return { is: "unsaved", reason: "failed", why: messageOf(error) };
  const remedy =
    status === 422
      ? "let the workflow write to this branch in the repository's rules"
      : "grant the job permissions: contents: write (a fork's pull request never has it)";
  return { is: "unsaved", reason: "forbidden", why: messageOf(error), remedy };
}
