/** What URLs keep and `requests` encodes: no character of a URI (RFC 3986, 2), or a percent sign that begins no escape. */
const unsent = /[[\\\]^`{|}]|%(?![0-9A-Fa-f]{2})/g;

/**
 * Path and query as Locust's `HttpUser` sends them: `?q={a}` as `?q=%7Ba%7D`, and `'` as it is.
 * @param written the URL as it was written, or as the server sent it
 */
export function sentPath({ pathname, search }: URL, written: string): string {
  const query = search.includes("%27") && isPlainQuote(written) ? search.replaceAll("%27", "'") : search;
  return `${pathname}${query}`.replace(unsent, encodeURIComponent);
}

/** Whether an escaped quote in the query was none as it was written. */
function isPlainQuote(written: string): boolean {
  const query = written.slice(written.indexOf("?") + 1);
  return query.includes("'") && !query.includes("%27");
}
