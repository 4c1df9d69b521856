import type { Clock } from "../base/clock.ts";
import { ExitCode, GateError, messageOf } from "../base/errors.ts";
import { ForbiddenAddress } from "../base/socket-guard.ts";
import { isTlsCode, tlsWords } from "../base/tls-words.ts";

/** It is up, so starting it is no advice. */
const otherVersion =
  "see whether the deployment of this commit is done and its answer (a header, or the body of wait-for) names the version, or raise wait-timeout";

/** One answer of a target that may not be up yet, reduced to what readiness depends on. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Readiness =
  | { readonly is: "ready" }
  | { readonly is: "not-yet"; readonly because: string; readonly hint?: string }
  /** Waiting cannot help: somebody has to change something. */
  | { readonly is: "never"; readonly because: string; readonly hint: string };

/** Headers that open a protected preview, by who asks for them. */
const bypass = {
  vercel:
    "send x-vercel-protection-bypass in the input `headers`; its value is VERCEL_AUTOMATION_BYPASS_SECRET of the project (Protection Bypass for Automation), kept as a secret",
  cloudflare: "send CF-Access-Client-Id and CF-Access-Client-Secret in the input `headers`",
  basic: "send an Authorization header in the input `headers`, or put user:password into the host",
  any: "send the header that lets automation in with the input `headers`",
};

/**
 * Whether one answer means that the target is up and is the version that was asked for. A redirect to somebody
 * else's host, or to a login, is a protection page and not the target.
 */
export function readinessOf(answer: Answer, asked: { url: string; version: string | null }): Readiness {
  const { status } = answer;
  const hint = hintFor(answer);
  if (status === 401 || status === 403) {
    return { is: "never", because: `answered ${status}: it is protected`, hint };
  }
  if (status === 407) return { is: "never", because: "a proxy asked for a login", hint: "set no_proxy for the target" };
  if (status >= 300 && status < 400 && answer.location) {
    const to = URL.canParse(answer.location, asked.url) ? new URL(answer.location, asked.url) : null;
    // Another scheme or port of the same name is a canonical redirect, not a login.
    const elsewhere = to !== null && to.hostname !== new URL(asked.url).hostname;
    if (to && (elsewhere || /\/(login|signin|sso|auth)\b/i.test(to.pathname))) {
      return { is: "never", because: `redirects to a login at ${to.host}`, hint };
    }
  }
  if (status < 200 || status >= 400) return { is: "not-yet", because: `answered ${status}` };
  if (asked.version !== null) {
    const said = [...Object.values(answer.headers), answer.body].some((text) => text.includes(asked.version as string));
    if (!said) {
      const because = `answers, but not as version ${asked.version}`;
      return { is: "not-yet", because, hint: otherVersion };
    }
  }
  return { is: "ready" };
}

function hintFor({ headers, location }: Answer): string {
  const server = `${headers.server ?? ""} ${location ?? ""} ${Object.keys(headers).join(" ")}`.toLowerCase();
  if (server.includes("vercel")) return bypass.vercel;
  if (server.includes("cloudflareaccess") || server.includes("cf-access")) return bypass.cloudflare;
  if ("www-authenticate" in headers) return bypass.basic;
  return bypass.any;
}

/** Ready this many times in a row: a rolling deployment answers from old and new in turn. */
const inARow = 3;

export interface Waiting {
  readonly url: string;
  readonly version: string | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * Asks until the target is ready. Throws GateError `target-not-ready` (exit 4) when the time is over, and at once
 * when waiting cannot help. Probes back off from 0.5 s to 5 s; successes are asked again quickly.
 */
export async function waitUntilReady(waiting: Waiting): Promise<void> {
  const { url, clock, signal, timeoutMs, log } = waiting;
  const deadlineMs = clock.now() + timeoutMs;
  let good = 0;
  let pauseMs = 500;
  let last = "";
  for (;;) {
    const readiness = await probe(waiting);
    if (signal.aborted)
      throw new GateError("interrupted", "interrupted while waiting for the target", {
        exitCode: ExitCode.interrupted,
      });
    if (readiness.is === "never") throw notReady(`${url} ${readiness.because}`, readiness.hint);
    if (readiness.is === "ready") {
      if (++good >= inARow) return;
      await clock.sleep(100, signal);
      continue;
    }
    good = 0;
    if (readiness.because !== last) log(`waiting for ${url}: ${readiness.because}`);
    last = readiness.because;
    if (clock.now() + pauseMs > deadlineMs) {
      const seconds = Math.round(timeoutMs / 100) / 10;
      throw notReady(
        `${url} was not ready after ${seconds} s: ${readiness.because}`,
        readiness.hint ??
          "start the target before this step (docker compose up --wait), point wait-for at a path that answers 2xx, or raise wait-timeout",
      );
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(5000, pauseMs * 1.5);
  }
}

function notReady(message: string, hint: string): GateError {
  return new GateError("target-not-ready", message, { exitCode: ExitCode.notReady, hint });
}

async function probe({ url, version, headers, signal }: Waiting): Promise<Readiness> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: headers.map(([name, value]) => [name, value] as [string, string]),
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    const body = version === null ? "" : (await response.text()).slice(0, 1_000_000);
    if (version === null) await response.body?.cancel();
    const answer: Answer = {
      status: response.status,
      location: response.headers.get("location"),
      headers: Object.fromEntries(response.headers),
      body,
    };
    return readinessOf(answer, { url, version });
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    if (cause instanceof ForbiddenAddress) {
      return { is: "never", because: `cannot be asked: ${cause.message}`, hint: "name a target of your own in `host`" };
    }
    const code = (cause as { code?: string }).code;
    if (code !== undefined && isTlsCode(code)) {
      return { is: "not-yet", because: tlsWords({ code, message: messageOf(cause) }) };
    }
    return { is: "not-yet", because: code ?? messageOf(cause) };
  }
}
