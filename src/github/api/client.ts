import type { Clock } from "../../base/clock.ts";
import { TooLarge } from "../../baseline/github-port.ts";
import type { Octokit } from "./octokit.ts";
import { apiFailure, limitWaitMs, unsaidLimitMs } from "./rate-limit.ts";
import type { Silence } from "./silence.ts";

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
  /** Not empty: without a token there is no client. */
  readonly token: string;
  /** `GITHUB_API_URL`: `https://api.github.com`, `https://host/api/v3`, `https://gitea/api/v1`. */
  readonly apiUrl: string;
  readonly proxy: ProxySettings;
  readonly clock: Clock;
  readonly userAgent: string;
  /** What one call waits for rate limits, at most; 60 s if not given. Whoever calls may give up before. */
  readonly waitBudgetMs?: number;
  /**
   * How long the API may say nothing at all. For what can be done without; without a limit if not given. Clients that
   * share one wait for the same API only once.
   */
  readonly silence?: Silence;
  /** First pause before an answer of 5xx or a dropped connection is tried again (then 4 and 9 times that); 1 s if not given. */
  readonly retryPauseMs?: number;
}

export interface GitHubClient {
  readonly octokit: Octokit;
  readonly clock: Clock;
  /** The first pause between tries, for those who repeat a call themselves. */
  readonly retryPauseMs: number;
  /** One exchange without the token, through the same proxy; any status is an answer. */
  send(url: string, request: PlainRequest): Promise<{ readonly status: number; readonly body: Buffer }>;
  /** Reads a URL without the token, through the same proxy; throws when there are more than `limitBytes`. */
  download(url: string, limits: { readonly limitBytes: number; readonly signal?: AbortSignal }): Promise<Buffer>;
}

interface PlainRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Of the answer; 1 MiB if not given. */
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
}

/**
 * A client for the REST API. The libraries are loaded on the first call, not with the program: a run that talks to
 * nobody does not pay for them.
 */
export async function connectGitHub(options: ClientOptions): Promise<GitHubClient> {
  const { makeOctokit } = await import("./octokit.ts");
  const retryPauseMs = options.retryPauseMs ?? 1000;
  const { httpProxy = "", httpsProxy = "", noProxy = "" } = options.proxy;
  const { octokit, fetch } = makeOctokit({
    token: options.token,
    baseUrl: options.apiUrl.replace(/\/+$/, ""),
    userAgent: options.userAgent,
    retryPauseMs,
    httpProxy,
    httpsProxy,
    noProxy,
  });
  if (options.silence) endSilence(octokit, { clock: options.clock, silence: options.silence });
  waitForLimits(octokit, options);
  const send: GitHubClient["send"] = async (url, { limitBytes = 1024 * 1024, headers = {}, ...request }) => {
    const response = await fetch(url, { ...request, headers: { ...headers } });
    return { status: response.status, body: await bodyOf(response.body ?? [], limitBytes) };
  };
  return {
    octokit,
    clock: options.clock,
    retryPauseMs,
    send,
    async download(url, limits) {
      const { status, body } = await send(url, { method: "GET", ...limits });
      if (status < 200 || status > 299) throw new Error(`the download answered ${status}`);
      return body;
    },
  };
}

async function bodyOf(pieces: AsyncIterable<unknown> | Iterable<unknown>, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of pieces) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > limitBytes) throw new TooLarge(`the download is larger than ${limitBytes} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

/** Ends calls that nobody answers. */
function endSilence(octokit: Octokit, { clock, silence }: { clock: Clock; silence: Silence }): void {
  octokit.hook.wrap("request", async (send, request) => {
    const leftMs = silence.leftMs(clock.now());
    const done = new AbortController();
    const over = clock.sleep(leftMs, done.signal).then(() => {
      // As octokit's own errors without an answer.
      const why = `GitHub's API did not answer within ${Math.round(leftMs / 1000)} s`;
      return Promise.reject(Object.assign(new Error(why), { status: 500 }));
    });
    over.catch(() => undefined);
    const sent = Promise.resolve(send(request));
    sent.catch(() => undefined);
    try {
      const answer = await Promise.race([sent, over]);
      silence.answered();
      return answer;
    } catch (error) {
      if (apiFailure(error)?.answered === true) silence.answered();
      throw error;
    } finally {
      done.abort();
    }
  });
}

/** Waits where GitHub says how long, as long as the call's budget lasts; then the refusal stands. */
function waitForLimits(octokit: Octokit, options: ClientOptions): void {
  /** When a limit that does not say how long it lasts is over, as far as it is known. */
  let clearsAtMs = 0;
  const untilClear = (nowMs: number): number => {
    if (clearsAtMs <= nowMs) clearsAtMs = nowMs + unsaidLimitMs;
    return clearsAtMs - nowMs;
  };
  octokit.hook.wrap("request", async (send, request) => {
    let budgetMs = options.waitBudgetMs ?? 60_000;
    const { signal } = request.request as { signal?: AbortSignal };
    for (;;) {
      try {
        return await send(request);
      } catch (error) {
        const nowMs = options.clock.now();
        const askedMs = limitWaitMs(error, nowMs);
        // Calls that meet the same limit wait for its one end, not each for a minute of its own.
        const waitMs = askedMs === unsaidLimitMs ? untilClear(nowMs) : askedMs;
        if (waitMs === undefined || waitMs > budgetMs) throw error;
        budgetMs -= waitMs;
        await options.clock.sleep(waitMs, signal);
        if (signal?.aborted) throw error;
      }
    }
  });
}
