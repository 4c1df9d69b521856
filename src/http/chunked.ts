const CR = 13;
const LF = 10;

/**
 * Takes a chunked body apart (RFC 9112, 7.1), however the reads cut it. Extensions and trailers are read and dropped.
 */
export class ChunkedBody {
  #state: "size" | "extension" | "size-lf" | "data" | "data-cr" | "data-lf" | "trailer" | "trailer-line" | "end-lf" =
    "size";
  #size = 0;
  #digits = 0;

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
      case "size": {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          this.#size = this.#size * 16 + digit;
          if (++this.#digits > 12) throw new SyntaxError("a chunk's size is too large");
        } else if (this.#digits === 0) throw new SyntaxError("a chunk has no size");
        else if (byte === CR) this.#state = "size-lf";
        else if (byte === 0x3b || byte === 0x20 || byte === 0x09) this.#state = "extension";
        else throw new SyntaxError("a chunk's size is not hexadecimal");
        return false;
      }
      case "extension":
        if (byte === CR) this.#state = "size-lf";
        return false;
      case "size-lf":
        expect(byte, LF);
        this.#digits = 0;
        this.#state = this.#size === 0 ? "trailer" : "data";
        return false;
      case "data-cr":
        expect(byte, CR);
        this.#state = "data-lf";
        return false;
      case "data-lf":
        expect(byte, LF);
        this.#state = "size";
        return false;
      case "trailer":
        this.#state = byte === CR ? "end-lf" : "trailer-line";
        return false;
      case "trailer-line":
        if (byte === LF) this.#state = "trailer";
        return false;
      case "end-lf":
        expect(byte, LF);
        return true;
      case "data":
        return false;
    }
  }
}

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw new SyntaxError("a chunk does not end where its size says");
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
