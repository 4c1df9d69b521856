import { framingOf, persists, trimmed } from "./framing.ts";
import { HeadScan } from "./head-scan.ts";
import { Notable, notableHeaders } from "./transport.ts";

/** Longest head of an answer we read, bytes. */
const maxHeadBytes = 64 * 1024;

/** The head of one answer: what is needed to find the end of its body, and the rest as text. */
export interface AnswerHead {
  status: number;
  /** The header lines, without the status line. */
  headers: string;
  notable: number;
  /** −1: until the connection closes, or in chunks. */
  contentLength: number;
  chunked: boolean;
  keepAlive: boolean;
  /** How long the server keeps an idle connection, by its `Keep-Alive: timeout=5`; −1 if it does not say. */
  idleMs: number;
  /** Bytes it took. */
  bytes: number;
}

/** The heads of a thread are read one after the other. */
const scan = new HeadScan();

/**
 * Reads the head that begins at `at`; undefined if it goes on beyond `end`. Throws a SyntaxError if it is none.
 *
 * Headers nobody acts on are stepped over by their first letter.
 * @param toHead whether the request was a HEAD, whose answer has no body whatever it says
 */
export function readHead(
  buffer: Buffer,
  { at, end }: { at: number; end: number },
  toHead: boolean,
): AnswerHead | undefined {
  const stop = scan.run(buffer, at, Math.min(end, at + maxHeadBytes));
  if (stop < 0) {
    if (end - at >= maxHeadBytes) throw new SyntaxError("the answer's head is over 64 KiB");
    return undefined;
  }
  const text = buffer.toString("latin1", at, stop);
  if (!scan.folded) return headOf(text, toHead);
  // A line that goes on is one line with a space in place of the break (RFC 9112, 5.2).
  const unfolded = Buffer.from(text.replace(/(?:\r?\n[ \t]+)+/g, " "), "latin1");
  const head = readHead(unfolded, { at: 0, end: unfolded.length }, toHead);
  if (head) head.bytes = stop - at;
  return head;
}

/** Of a text that was just scanned. */
function headOf(text: string, toHead: boolean): AnswerHead {
  const { lines, headersAt } = scan;
  const status = +text.slice(9, 12);
  const since11 = text.charCodeAt(7) !== 48;
  const head: AnswerHead = {
    status,
    headers: text.slice(headersAt),
    notable: 0,
    contentLength: -1,
    chunked: false,
    keepAlive: since11,
    idleMs: -1,
    bytes: text.length,
  };
  let contentLength: string | undefined;
  let transferEncoding: string | undefined;
  let connection: string | undefined;
  for (let i = 0; i < lines.length; i += 3) {
    const at = lines[i] as number;
    const colon = lines[i + 1] as number;
    const end = lines[i + 2] as number;
    switch (colon - at) {
      case 14:
        if (isNamed(text, at, "content-length")) contentLength = joined(contentLength, text.slice(colon + 1, end));
        break;
      case 10:
        if (isNamed(text, at, "connection")) connection = joined(connection, text.slice(colon + 1, end));
        else if (isNamed(text, at, "set-cookie")) head.notable |= Notable.setCookie;
        else if (isNamed(text, at, "keep-alive")) head.idleMs = idleMsOf(text.slice(colon + 1, end));
        break;
      case 17:
        if (isNamed(text, at, "transfer-encoding")) {
          transferEncoding = joined(transferEncoding, text.slice(colon + 1, end));
        }
        break;
      case 8:
        // An empty one leads nowhere: its answer is the last, as for `requests`.
        if (isNamed(text, at, "location") && trimmed(text.slice(colon + 1, end)) !== "")
          head.notable |= Notable.location;
        break;
      case 13:
      case 16:
        head.notable |= notableHeaders[text.slice(at, colon).toLowerCase()] ?? 0;
        break;
    }
  }
  if (connection !== undefined) head.keepAlive = persists(connection, { since11 });
  if (toHead || status < 200 || status === 204 || status === 304) head.contentLength = 0;
  else if (transferEncoding === undefined) {
    if (contentLength !== undefined) head.contentLength = framingOf({ contentLength, transferEncoding }).contentLength;
  } else {
    head.chunked = framingOf({ contentLength, transferEncoding }).chunked;
    // Somebody on the way may have found another end of it (RFC 9112, 6.1 and 6.3): nothing else is read from there.
    if (contentLength !== undefined || !since11) head.keepAlive = false;
    if (contentLength !== undefined) head.notable |= Notable.twoFramings;
  }
  return head;
}

const joined = (before: string | undefined, value: string) => (before === undefined ? value : `${before},${value}`);

/** Whether the name at `at` is `name`, whatever its case; the usual spellings are told without a copy. */
function isNamed(text: string, at: number, name: string): boolean {
  return text.startsWith(name, at) || text.slice(at, at + name.length).toLowerCase() === name;
}

function idleMsOf(value: string): number {
  const seconds = /timeout\s*=\s*(\d+)/i.exec(value)?.[1];
  return seconds === undefined ? -1 : Number(seconds) * 1000;
}
