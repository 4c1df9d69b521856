/** How the end of an answer's body is found (RFC 9112, 6.3). */
export interface Framing {
  readonly chunked: boolean;
  /** −1: the body goes on until the server closes the connection, or says so in chunks. */
  readonly contentLength: number;
}

/** What a head says of its body; values of several lines are joined with commas, undefined where there are none. */
export interface FramingHeaders {
  readonly contentLength: string | undefined;
  readonly transferEncoding: string | undefined;
}

/** `Transfer-Encoding` overrides `Content-Length`, right or wrong. Throws a SyntaxError where the end cannot be known. */
export function framingOf({ contentLength, transferEncoding }: FramingHeaders): Framing {
  if (transferEncoding !== undefined) return { chunked: endsChunked(transferEncoding), contentLength: -1 };
  return { chunked: false, contentLength: contentLength === undefined ? -1 : lengthOf(contentLength) };
}

/** Whether the last coding is `chunked`, and nothing but `chunked` (RFC 9112, 6.1 and 7.1). */
function endsChunked(codings: string): boolean {
  const last = trimmed(codings.slice(codings.lastIndexOf(",") + 1)).toLowerCase();
  if (/^chunked[ \t]*;/.test(last)) throw new SyntaxError("chunked has a parameter, which it has none of");
  return last === "chunked";
}

/** Lists of one number are what intermediaries make of repeated headers (RFC 9110, 8.6). */
function lengthOf(values: string): number {
  if (/^ \d{1,15}$/.test(values)) return +values;
  let length = -1;
  for (const value of values.split(",")) {
    const digits = trimmed(value);
    if (!/^\d+$/.test(digits)) throw new SyntaxError("the answer's Content-Length is not a number");
    const one = Number(digits);
    if (one > Number.MAX_SAFE_INTEGER) throw new SyntaxError("the answer's Content-Length is too large");
    if (length >= 0 && one !== length) throw new SyntaxError("the answer has two different Content-Lengths");
    length = one;
  }
  return length;
}

/** Whether the connection outlives the answer (RFC 9112, 9.3). */
export function persists(connection: string | undefined, { since11 }: { since11: boolean }): boolean {
  if (connection === undefined) return since11;
  if (connection === " keep-alive") return true;
  const options = connection.toLowerCase().split(",").map(trimmed);
  if (options.includes("close")) return false;
  return since11 || options.includes("keep-alive");
}

/** Without the white space that may stand around a value: JavaScript's `trim` takes bytes of UTF-8 for some. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
