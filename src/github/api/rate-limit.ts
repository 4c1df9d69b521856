/** What an error of the API client carries, if it is one. */
export interface ApiFailure {
  /** The HTTP status; 500 too when there was no answer at all. */
  readonly status: number;
  readonly message: string;
  /** False when the connection broke before an answer came. */
  readonly answered: boolean;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  /** The answer's JSON, or its text. */
  readonly body: unknown;
}

/** Reads an error of octokit without trusting its shape; undefined for every other thing thrown. */
export function apiFailure(error: unknown): ApiFailure | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  const response =
    "response" in error
      ? (error.response as { headers?: ApiFailure["headers"]; data?: unknown } | undefined)
      : undefined;
  return {
    status: error.status,
    message: error.message,
    answered: response !== undefined,
    headers: response?.headers ?? {},
    body: response?.data,
  };
}

/** True for GitHub's primary and secondary rate limits, which share 403 with missing permissions. */
export function isRateLimit(failure: ApiFailure): boolean {
  if (failure.status === 429) return true;
  if (failure.status !== 403) return false;
  return (
    failure.headers["retry-after"] !== undefined ||
    String(failure.headers["x-ratelimit-remaining"]) === "0" ||
    /rate limit|abuse detection/i.test(failure.message)
  );
}

/** What a limit that names no time lasts at least, milliseconds. */
export const unsaidLimitMs = 60_000;

/**
 * How long GitHub asks us to wait, in milliseconds; undefined if the error is no rate limit. `retry-after` counts
 * first, then `x-ratelimit-reset`, else a minute (docs.github.com, "Rate limits for the REST API").
 */
export function limitWaitMs(error: unknown, nowMs: number): number | undefined {
  const failure = apiFailure(error);
  if (failure === undefined || !isRateLimit(failure)) return undefined;
  const after = Number(failure.headers["retry-after"]);
  if (after >= 0) return after * 1000;
  const reset = Number(failure.headers["x-ratelimit-reset"]);
  if (String(failure.headers["x-ratelimit-remaining"]) === "0" && reset > 0)
    return Math.max(1000, reset * 1000 - nowMs);
  return unsaidLimitMs;
}
