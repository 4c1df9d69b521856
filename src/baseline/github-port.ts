/** A REST answer; statuses of 400 and above are answers too, so that a store can tell them apart. */
export interface RestAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown;
}

/** No answer, or one that says that the service is not itself: it tells nothing of what is stored. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** More bytes than any baseline has: that is an answer, and no baseline. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

export function isDown({ status }: RestAnswer): boolean {
  return status >= 500 || status === 429;
}

/**
 * One call of GitHub's REST API, given by whoever holds the token: `request("GET", "/repos/o/r/git/ref/heads/main")`.
 * It rejects with Unreachable where no answer came.
 */
export type RestRequest = (method: "GET" | "POST" | "PATCH", path: string, body?: unknown) => Promise<RestAnswer>;

/** What GitHub said in an answer that is an error. */
export function saidBy({ status, body }: RestAnswer): string {
  const message = field(body, "message");
  return typeof message === "string" ? `GitHub answered ${status}: ${message}` : `GitHub answered ${status}`;
}

export function isDenied({ status }: RestAnswer): boolean {
  return status === 401 || status === 403;
}

/** A value inside an answer, which may be anything; undefined where a step is missing. */
export function field(body: unknown, ...path: readonly (string | number)[]): unknown {
  let at = body;
  for (const step of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

export function textField(body: unknown, ...path: readonly (string | number)[]): string {
  const value = field(body, ...path);
  if (typeof value !== "string") throw new TypeError(`GitHub's answer has no ${path.join(".")}`);
  return value;
}
