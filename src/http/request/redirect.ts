export interface NextHop {
  readonly url: URL;
  readonly method: string;
  /** Whether method and body are sent again as they were (307, 308). */
  readonly keepsBody: boolean;
  /** The next URL belongs to somebody else: credentials stay behind. */
  readonly leavesOrigin: boolean;
}

/** Where a redirect leads, by the rules of `requests`; undefined if it is no http(s) URL. */
export function redirectOf(answer: {
  location: string;
  from: URL;
  status: number;
  method: string;
}): NextHop | undefined {
  const { location, from, status, method } = answer;
  // Header text arrives as Latin-1; servers put UTF-8 into it.
  const target = Buffer.from(location, "latin1").toString("utf8");
  const url = URL.canParse(target, from.href) ? new URL(target, from) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  url.hash = "";
  return {
    url,
    method: nextMethod(status, method),
    keepsBody: status === 307 || status === 308,
    leavesOrigin: leaves(from, url),
  };
}

function nextMethod(status: number, method: string): string {
  if ((status === 302 || status === 303) && method !== "HEAD") return "GET";
  if (status === 301 && method === "POST") return "GET";
  return method;
}

/** Another host, port or scheme; from http to https on the same host with default ports is still the same party. */
function leaves(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return false;
  const upgraded = from.protocol === "http:" && to.protocol === "https:" && from.port === "" && to.port === "";
  return !(upgraded && from.hostname === to.hostname);
}
