import type { GitHubClient } from "./client.ts";
import { apiFailure } from "./rate-limit.ts";

interface Remembered {
  readonly etag: string;
  readonly data: unknown;
}

/**
 * Repeated GETs that cost nothing while nothing changes: an answer of 304 to `If-None-Match` does not count against
 * the rate limit (docs.github.com, "Best practices for using the REST API").
 */
export class Poll {
  readonly #client: GitHubClient;
  readonly #remembered = new Map<string, Remembered>();
  #calls = 0;

  constructor(client: GitHubClient) {
    this.#client = client;
  }

  /** Requests sent so far. */
  get calls(): number {
    return this.#calls;
  }

  /** The document at a route such as `GET /repos/{owner}/{repo}/deployments`, from memory if it has not changed. */
  async get(route: string, parameters: Readonly<Record<string, string | number>>): Promise<unknown> {
    const key = `${route} ${JSON.stringify(parameters)}`;
    const known = this.#remembered.get(key);
    this.#calls++;
    try {
      const headers = known === undefined ? {} : { "if-none-match": known.etag };
      const response = await this.#client.octokit.request(route, { ...parameters, headers });
      const { etag } = response.headers;
      if (etag !== undefined) this.#remembered.set(key, { etag, data: response.data });
      return response.data;
    } catch (error) {
      if (known !== undefined && apiFailure(error)?.status === 304) return known.data;
      throw error;
    }
  }
}
