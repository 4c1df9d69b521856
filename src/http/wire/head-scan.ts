const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const COLON = 58;

/** Bytes of a field's name (RFC 9110, 5.6.2). */
const isToken = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  isToken[char.charCodeAt(0)] = 1;
}

/** First letters of the headers somebody acts on: c, k, l, s, t. */
const isNotable = new Uint8Array(256);
for (const letter of "cklstCKLST") isNotable[letter.charCodeAt(0)] = 1;

const version = [..."HTTP/1."].map((char) => char.charCodeAt(0));

/**
 * Finds where the head of an answer ends, and whether its lines are what lines may be (RFC 9112, 2.2, 4 and 5). Every
 * byte is looked at once, and what cannot become a head is refused with the byte that shows it.
 *
 * A bare LF ends a line, as RFC 9112 2.2 lets it; a bare CR, a NUL, a header without a colon or with a space before it
 * are refused: what reads them differently on the way can be made to see another answer.
 */
export class HeadScan {
  /** Of each line that may be acted on: where it begins, its colon, its end. From the head's first byte. */
  readonly lines: number[] = [];
  /** Where the first header begins. */
  headersAt = 0;
  /** Some header goes on in a line that begins with a space (RFC 9112, 5.2). */
  folded = false;

  /** Where the head that begins at `at` ended; −1 if that is beyond `end`. Throws a SyntaxError if it is none. */
  run(buffer: Buffer, at: number, end: number): number {
    this.lines.length = 0;
    this.folded = false;
    let i = statusLine(buffer, at, end);
    this.headersAt = i - at;
    while (i >= 0 && i < end) {
      const start = i;
      const first = buffer[i] as number;
      if (first === LF) return i + 1;
      if (first === CR) return afterLine(buffer, i, end);
      while (i < end && isToken[buffer[i] as number] === 1) i++;
      if (i === end) return -1;
      if (buffer[i] !== COLON || i === start)
        this.#notName({ byte: buffer[i] as number, atStart: i === start }, start - at);
      const colon = i;
      i = endOfValue(buffer, i, end);
      if (i === end) return -1;
      if (isNotable[first] === 1) this.lines.push(start - at, colon - at, i - at);
      i = afterLine(buffer, i, end);
    }
    return -1;
  }

  #notName({ byte, atStart }: { byte: number; atStart: boolean }, lineAt: number): void {
    const space = byte === SPACE || byte === TAB;
    if (atStart && space) {
      if (lineAt === this.headersAt) throw new SyntaxError("white space before its first header");
      this.folded = true;
    } else if (space) throw new SyntaxError("white space in a header's name or before its colon");
    else if (atStart && byte === COLON) throw new SyntaxError("a header without a name");
    else if (byte === LF || byte === CR) throw new SyntaxError("a header without a colon");
    else throw new SyntaxError("a header's name has a character that names do not have");
  }
}

/** Where the line after the status line begins; −1 if that is beyond `end`. */
function statusLine(buffer: Buffer, at: number, end: number): number {
  const seen = Math.min(12, end - at);
  for (let i = 0; i < seen; i++) {
    if (!fits(i, buffer[at + i] as number)) {
      throw new SyntaxError(i < version.length ? "the answer is not HTTP" : "its first line is no status line");
    }
  }
  if (end - at <= 12) return -1;
  const next = buffer[at + 12] as number;
  if (next !== SPACE && next !== CR && next !== LF) throw new SyntaxError("its status is not a number of three digits");
  const i = endOfValue(buffer, at + 12, end);
  return i === end ? -1 : afterLine(buffer, i, end);
}

/** `HTTP/1.1 200`, byte by byte. */
function fits(position: number, byte: number): boolean {
  if (position < 7) return byte === version[position];
  if (position === 8) return byte === SPACE;
  return byte >= (position === 9 ? 49 : 48) && byte <= 57;
}

/** Control characters other than NUL, LF and CR are odd in a value and harm nobody (RFC 9110, 5.5). */
function endOfValue(buffer: Buffer, from: number, end: number): number {
  let i = from;
  for (; i < end; i++) {
    const byte = buffer[i] as number;
    if (byte <= CR && (byte === CR || byte === LF || byte === 0)) return i;
  }
  return i;
}

/** Where the next line begins, `i` being at the end of one; −1 if that is beyond `end`. */
function afterLine(buffer: Buffer, i: number, end: number): number {
  const byte = buffer[i];
  if (byte === LF) return i + 1;
  if (byte !== CR) throw new SyntaxError("a NUL in its head");
  if (i + 1 === end) return -1;
  if (buffer[i + 1] !== LF) throw new SyntaxError("a CR without LF in its head");
  return i + 2;
}

export function isTokenByte(byte: number): boolean {
  return isToken[byte] === 1;
}
