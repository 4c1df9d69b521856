import { Cookie, CookieJar } from "tough-cookie";

/** Cookies a user may send before the cache of ready headers is begun anew. */
const readyKept = 200;

/** Whose cookies a request has: of the host it asks for, where its `Host` header names another than its URL does. */
export function siteOf(url: URL, host: string | undefined): URL {
  if (host === undefined) return url;
  const site = new URL(url);
  site.host = host;
  return site;
}

/** One user's cookies: what servers set, and what the locustfile sets itself. Made with the first cookie. */
export class Cookies {
  // A test target is often "localhost" or a bare address, which the list of public suffixes would refuse.
  readonly #jar = new CookieJar(undefined, {
    rejectPublicSuffixes: false,
    looseMode: true,
    allowSpecialUseDomain: true,
    prefixSecurity: "silent",
  });
  readonly #defaultUrl: string | undefined;
  /** `Cookie` headers by URL without query: looking one up in the jar costs more than the rest of a request. */
  readonly #ready = new Map<string, { header: string; untilMs: number }>();

  /** @param defaultUrl where `set` and `get` apply when they do not say */
  constructor(defaultUrl: string | undefined) {
    this.#defaultUrl = defaultUrl;
  }

  /** A cookie's value as it would be sent to `url` (the user's host if absent). */
  get(name: string, url = this.#defaultUrl): string | undefined {
    if (url === undefined) return undefined;
    return this.#jar.getCookiesSync(url).find((cookie) => cookie.key === name)?.value;
  }

  /** Adds a cookie for `url` (the user's host if absent) and all paths. */
  set(name: string, value: string, options: { url?: string; path?: string; domain?: string } = {}): void {
    const url = options.url ?? this.#defaultUrl;
    if (url === undefined) return;
    const { path = "/", domain } = options;
    this.#jar.setCookieSync(new Cookie({ key: name, value, path, ...(domain && { domain }) }), url, {
      ignoreError: true,
    });
    this.#ready.clear();
  }

  clear(): void {
    this.#jar.removeAllCookiesSync();
    this.#ready.clear();
  }

  /** All cookies that would be sent to `url` (the user's host if absent), by name. */
  toObject(url = this.#defaultUrl): Record<string, string> {
    if (url === undefined) return {};
    return Object.fromEntries(this.#jar.getCookiesSync(url).map((cookie) => [cookie.key, cookie.value]));
  }

  /** Takes `Set-Cookie` lines; one that is malformed or not for this host is left out, as browsers do. */
  receive(url: URL, lines: readonly string[]): void {
    for (const line of lines) this.#jar.setCookieSync(line, url.href, { ignoreError: true });
    this.#ready.clear();
  }

  /** The `Cookie` header for `url`; empty if there is none. */
  headerFor(url: URL, nowMs: number): string {
    const key = `${url.origin}${url.pathname}`;
    const ready = this.#ready.get(key);
    if (ready && nowMs < ready.untilMs) return ready.header;
    const cookies = this.#jar.getCookiesSync(url.href);
    // A server may set what no header can carry back.
    const text = cookies.map((cookie) => cookie.cookieString()).join("; ");
    const header = text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
    const untilMs = Math.min(...cookies.map((cookie) => cookie.expiryTime() ?? Number.POSITIVE_INFINITY));
    if (this.#ready.size >= readyKept) this.#ready.clear();
    this.#ready.set(key, { header, untilMs });
    return header;
  }
}
