import { getOctokit } from "@actions/github";
import { retry } from "@octokit/plugin-retry";
import { EnvHttpProxyAgent, fetch } from "undici";

export type Octokit = ReturnType<typeof getOctokit>;
/** undici's fetch through the proxies of the environment. */
export type ApiFetch = (url: string, init?: Parameters<typeof fetch>[1]) => ReturnType<typeof fetch>;

const requestTimeoutMs = 20_000;

/**
 * The heavy half of the client: everything from outside stands here, so that one dynamic import leaves it all in a
 * chunk of its own. The imports are static because a bundler can name a CommonJS package's exports only then.
 */
export function makeOctokit(options: {
  readonly token: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly userAgent: string;
  readonly retryPauseMs: number;
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}): { readonly octokit: Octokit; readonly fetch: ApiFetch } {
  const { token, baseUrl, userAgent, retryPauseMs, httpProxy, httpsProxy, noProxy } = options;
  // Empty texts, not undefined: the agent would look into the process's environment by itself.
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy,
    httpsProxy,
    noProxy,
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    // Idle connections must not keep the program alive for long.
    keepAliveTimeout: 1000,
  });
  const throughProxy: ApiFetch = async (url, init) => {
    try {
      return await fetch(url, { ...init, dispatcher });
    } catch (error) {
      throw distrust(error) ?? error;
    }
  };
  const octokit = getOctokit(
    token,
    {
      baseUrl,
      userAgent,
      request: { fetch: throughProxy },
      // 429 is not among the plugin's own refusals; how long to wait then is said in the answer, which client.ts reads.
      retry: { retryAfterBaseValue: retryPauseMs, doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    },
    retry,
  );
  return { octokit, fetch: throughProxy };
}

const distrusted = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;

/**
 * A certificate that is not trusted will not be trusted in a second either. Octokit passes an error of this name on as
 * it is, and the plugin repeats only what octokit made.
 */
function distrust(error: unknown): Error | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !("code" in cause) || !distrusted.test(String(cause.code))) return undefined;
  return Object.assign(new Error(cause.message, { cause: error }), { name: "AbortError" });
}

function ignore(): void {}
