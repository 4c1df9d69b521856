import type { getOctokit } from "@actions/github";
import type { Clock } from "../base/clock.ts";
import { limitWaitMs } from "./rate-limit.ts";

export type Octokit = ReturnType<typeof getOctokit>;

/** As the environment spells them: `http_proxy`, `https_proxy`, `no_proxy`. For the API; load never goes through a proxy. */
export interface ProxySettings {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
}

/** The usual variables; the lower-case spelling wins, as in curl. Empty ones count as not set. */
export function readProxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string): string | undefined => env[name] || env[name.toUpperCase()] || undefined;
  return { httpProxy: read("http_proxy"), httpsProxy: read("https_proxy"), noProxy: read("no_proxy") };
}

export interface ClientOptions {
  readonly token: string;
  /** `GITHUB_API_URL`: `https://api.github.com`, `https://host/api/v3`, `https://gitea/api/v1`. */
  readonly apiUrl: string;
  readonly proxy: ProxySettings;
  readonly clock: Clock;
  readonly userAgent: string;
  /** All waiting for rate limits together, at most; 60 s if not given. */
  readonly waitBudgetMs?: number;
  /** First pause before an answer of 5xx or a dropped connection is tried again (then 4 and 9 times that); 1 s if not given. */
  readonly retryPauseMs?: number;
}

export interface GitHubClient {
  readonly octokit: Octokit;
  readonly clock: Clock;
  /** The first pause between tries, for those who repeat a call themselves. */
  readonly retryPauseMs: number;
  /** Reads a URL without the token, through the same proxy; throws when there are more than `limitBytes`. */
  download(url: string, limits: { readonly limitBytes: number; readonly signal?: AbortSignal }): Promise<Buffer>;
}

const requestTimeoutMs = 20_000;

/**
 * A client for the REST API. The libraries are loaded on the first call, not with the program: a run that talks to
 * nobody does not pay for them.
 */
export async function connectGitHub(options: ClientOptions): Promise<GitHubClient> {
  const [{ getOctokit: make }, { retry }, { EnvHttpProxyAgent, fetch }] = await Promise.all([
    import("@actions/github"),
    import("@octokit/plugin-retry"),
    import("undici"),
  ]);
  const retryPauseMs = options.retryPauseMs ?? 1000;
  const { httpProxy = "", httpsProxy = "", noProxy = "" } = options.proxy;
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
  const throughProxy = (url: string, init: Parameters<typeof fetch>[1]) => fetch(url, { ...init, dispatcher });
  const octokit = make(
    options.token,
    {
      baseUrl: options.apiUrl.replace(/\/+$/, ""),
      userAgent: options.userAgent,
      request: { fetch: throughProxy },
      // 429 is not among the plugin's own refusals; how long to wait then is said in the answer, below.
      retry: { retryAfterBaseValue: retryPauseMs, doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    },
    retry,
  );
  waitForLimits(octokit, options);
  return {
    octokit,
    clock: options.clock,
    retryPauseMs,
    async download(url, { limitBytes, signal }) {
      const response = await throughProxy(url, signal === undefined ? {} : { signal });
      if (!response.ok) throw new Error(`the download answered ${response.status}`);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of response.body ?? []) {
        bytes += (chunk as Uint8Array).byteLength;
        if (bytes > limitBytes) throw new Error(`the download is larger than ${limitBytes} bytes`);
        chunks.push(chunk as Uint8Array);
      }
      return Buffer.concat(chunks);
    },
  };
}

function ignore(): void {}

/** Waits where GitHub says how long, as long as the budget of the whole client lasts; then the refusal stands. */
function waitForLimits(octokit: Octokit, options: ClientOptions): void {
  let budgetMs = options.waitBudgetMs ?? 60_000;
  octokit.hook.wrap("request", async (send, request) => {
    for (;;) {
      try {
        return await send(request);
      } catch (error) {
        const waitMs = limitWaitMs(error, options.clock.now());
        if (waitMs === undefined || waitMs > budgetMs) throw error;
        budgetMs -= waitMs;
        await options.clock.sleep(waitMs);
      }
    }
  });
}
