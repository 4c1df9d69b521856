import type { GitHubClient } from "../api/client.ts";
import { apiFailure } from "../api/rate-limit.ts";
import { readRepositoryFile } from "./repository-file.ts";

/** The files of a commit, or of the tip of a branch, without a checkout. */
export class CommitFiles {
  readonly #at: { readonly client: GitHubClient; readonly owner: string; readonly repo: string; readonly sha: string };
  readonly #contents = new Map<string, Promise<Buffer | undefined>>();
  #blobs: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(at: { client: GitHubClient; owner: string; repo: string; sha: string }) {
    this.#at = at;
  }

  /**
   * Git's hash of every file, by path. Empty where the listing cannot be had: single files can be read all the same.
   * GitHub cuts it off at 100,000 files.
   */
  blobs(): Promise<ReadonlyMap<string, string>> {
    this.#blobs ??= this.#list().catch(() => new Map());
    return this.#blobs;
  }

  /** A file, asked for once; undefined if it is not there. Throws what the API throws. */
  bytes(path: string): Promise<Buffer | undefined> {
    let contents = this.#contents.get(path);
    if (contents === undefined) {
      contents = this.#read(path);
      this.#contents.set(path, contents);
    }
    return contents;
  }

  /** The same as text. */
  async text(path: string): Promise<string | undefined> {
    return (await this.bytes(path))?.toString("utf8");
  }

  /** Files of more than a megabyte have to be asked for by their hash. */
  async #read(path: string): Promise<Buffer | undefined> {
    try {
      return await readRepositoryFile({ ...this.#at, path });
    } catch (error) {
      const hash = apiFailure(error) ? undefined : (await this.blobs()).get(path);
      if (hash === undefined) throw error;
      const { client, owner, repo } = this.#at;
      const { data } = await client.octokit.rest.git.getBlob({ owner, repo, file_sha: hash });
      return Buffer.from(data.content, "base64");
    }
  }

  async #list(): Promise<Map<string, string>> {
    const { client, owner, repo, sha } = this.#at;
    const { data } = await client.octokit.rest.git.getTree({ owner, repo, tree_sha: sha, recursive: "1" });
    return new Map(data.tree.flatMap(({ type, path, sha: blob }) => (type === "blob" ? [[path, blob] as const] : [])));
  }
}
