/** A change of a source text: `[start, end)` gives way to `parts`, each a text of ours or a piece of the source. */
export interface SourceEdit {
  readonly start: number;
  readonly end: number;
  readonly parts: readonly (string | readonly [from: number, to: number])[];
}

/**
 * Writes a source anew with its edits, which must not overlap, and an inline source map that knows every word of it:
 * places in stacks are then the author's own, to the column.
 * @param options.appended goes after the last line
 */
export function applyEdits(
  code: string,
  options: { readonly edits: readonly SourceEdit[]; readonly file: string; readonly appended: string },
): string {
  const writer = new Writer(code);
  let at = 0;
  for (const { start, end, parts } of [...options.edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at) throw new RangeError(`edits overlap at ${start}`);
    writer.copy(at, start);
    for (const part of parts) {
      if (typeof part === "string") writer.write(part);
      else writer.copy(...part);
    }
    at = end;
  }
  writer.copy(at, code.length);
  writer.write(options.appended);
  const map = { version: 3, sources: [options.file], names: [], mappings: writer.mappings };
  const base64 = Buffer.from(JSON.stringify(map)).toString("base64");
  return `${writer.text}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${base64}\n`;
}

/** Collects the new text and, in the encoding of source maps (ECMA-426), where each word of it came from. */
class Writer {
  text = "";
  mappings = "";
  readonly #code: string;
  readonly #lineStarts: number[];
  #column = 0;
  #lastColumn = 0;
  #lastSourceLine = 0;
  #lastSourceColumn = 0;
  #lineHasSegment = false;

  constructor(code: string) {
    this.#code = code;
    this.#lineStarts = [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  write(text: string): void {
    this.text += text;
    for (const [index, line] of text.split("\n").entries()) {
      if (index > 0) this.#endLine();
      this.#column += line.length;
    }
  }

  copy(from: number, to: number): void {
    const piece = this.#code.slice(from, to);
    this.text += piece;
    let line = this.#lineOf(from);
    for (const [token] of piece.matchAll(/\n|[\w$]+|[^\s\w$]|[^\S\n]+/g)) {
      if (token === "\n") {
        this.#endLine();
        line++;
      } else {
        if (!/^\s/.test(token)) this.#segment(line, from - (this.#lineStarts[line] as number));
        this.#column += token.length;
      }
      from += token.length;
    }
  }

  #endLine(): void {
    this.mappings += ";";
    this.#column = 0;
    this.#lastColumn = 0;
    this.#lineHasSegment = false;
  }

  #segment(line: number, column: number): void {
    const deltas = [this.#column - this.#lastColumn, 0, line - this.#lastSourceLine, column - this.#lastSourceColumn];
    this.mappings += (this.#lineHasSegment ? "," : "") + deltas.map(quantity).join("");
    this.#lastColumn = this.#column;
    this.#lastSourceLine = line;
    this.#lastSourceColumn = column;
    this.#lineHasSegment = true;
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A number in base 64, five bits to a digit, the sign in the lowest bit. */
function quantity(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
