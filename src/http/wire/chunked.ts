import { isTokenByte } from "./head-scan.ts";

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const SEMICOLON = 59;

/** Longest line of a size with its extensions, and all trailers together, bytes. */
const maxSizeLine = 16 * 1024;
const maxTrailers = 64 * 1024;

type State =
  | "size"
  | "after-size"
  | "extension"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer"
  | "trailer-name"
  | "trailer-value"
  | "trailer-lf"
  | "end-lf";

/**
 * Takes a chunked body apart (RFC 9112, 7.1), however the reads cut it. Extensions and trailers are read and dropped.
 * Lines end with CR LF and nothing else: where one reader lets a bare LF end a chunk's line and another does not, each
 * sees another body.
 */
export class ChunkedBody {
  #state: State = "size";
  #size = 0;
  #digits = 0;
  /** Bytes of the size's line, or of all trailers. */
  #length = 0;
  #trailers = false;

  /**
   * Reads from `at` up to `end`, handing each run of data to `onData`. Returns where the body ended, or −1 if more is
   * to come. Throws a SyntaxError if it is not chunked.
   */
  read(buffer: Buffer, range: { at: number; end: number }, onData: (from: number, to: number) => void): number {
    let { at } = range;
    while (at < range.end) {
      if (this.#state === "data") {
        const to = Math.min(range.end, at + this.#size);
        this.#size -= to - at;
        if (this.#size === 0) this.#state = "data-cr";
        onData(at, to);
        at = to;
      } else if (this.#byte(buffer[at++] as number)) {
        return at;
      }
    }
    return -1;
  }

  /** One byte outside the data; true if it was the last of the body. */
  #byte(byte: number): boolean {
    switch (this.#state) {
      case "size":
        this.#readSize(byte);
        return false;
      case "after-size":
        if (byte !== SPACE && byte !== TAB) this.#sizeEnds(byte);
        this.#count(maxSizeLine);
        return false;
      case "extension":
        if (byte === CR) this.#state = "size-lf";
        else if ((byte < SPACE && byte !== TAB) || byte === 127) {
          throw new SyntaxError("a chunk's extension has a control character");
        }
        this.#count(maxSizeLine);
        return false;
      case "size-lf":
        lineEnds(byte, LF);
        this.#digits = this.#length = 0;
        this.#state = this.#size === 0 ? "trailer" : "data";
        return false;
      case "data-cr":
        dataEnds(byte, CR);
        this.#state = "data-lf";
        return false;
      case "data-lf":
        dataEnds(byte, LF);
        this.#state = "size";
        return false;
      case "trailer":
      case "trailer-name":
      case "trailer-value":
      case "trailer-lf":
        this.#readTrailer(byte);
        return false;
      case "end-lf":
        lineEnds(byte, LF);
        return true;
      case "data":
        return false;
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      // Beyond this another digit would not be exact any more; zeros in front may be many.
      if (this.#size >= 2 ** 49) throw new SyntaxError("a chunk's size is too large");
      this.#size = this.#size * 16 + digit;
      this.#digits++;
    } else if (this.#digits === 0) throw new SyntaxError("a chunk has no size");
    else if (byte === SPACE || byte === TAB) this.#state = "after-size";
    else this.#sizeEnds(byte);
    this.#count(maxSizeLine);
  }

  #sizeEnds(byte: number): void {
    if (byte === CR) this.#state = "size-lf";
    else if (byte === SEMICOLON) this.#state = "extension";
    else if (byte === LF) lineEnds(byte, CR);
    else throw new SyntaxError("a chunk's size is not hexadecimal");
  }

  /** Trailers are headers (RFC 9112, 7.1.2). */
  #readTrailer(byte: number): void {
    this.#count(maxTrailers);
    if (this.#state === "trailer-lf") {
      lineEnds(byte, LF);
      this.#state = "trailer";
      this.#trailers = true;
    } else if (this.#state === "trailer-value") {
      if (byte === CR) this.#state = "trailer-lf";
      else if (byte === LF || byte === 0) lineEnds(byte, CR);
    } else if (isTokenByte(byte)) this.#state = "trailer-name";
    else if (this.#state === "trailer-name" && byte === COLON) this.#state = "trailer-value";
    else if (this.#state === "trailer" && byte === CR) this.#state = "end-lf";
    else if (this.#state === "trailer" && this.#trailers && (byte === SPACE || byte === TAB))
      this.#state = "trailer-value";
    else throw new SyntaxError("what follows the last chunk is neither a trailer nor the end");
  }

  #count(most: number): void {
    if (++this.#length > most) throw new SyntaxError("the lines around a chunk are too long");
  }
}

function lineEnds(byte: number, wanted: number): void {
  if (byte !== wanted) throw new SyntaxError("a line of a chunked body does not end with CR LF");
}

function dataEnds(byte: number, wanted: number): void {
  if (byte !== wanted) throw new SyntaxError("a chunk does not end where its size says");
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
