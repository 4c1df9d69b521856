import { scan, type Token } from "./scanner.ts";

/** A threshold that cannot be read; `offset` is the character of `source` it stumbled over. */
export class ThresholdSyntaxError extends Error {
  override readonly name = "ThresholdSyntaxError";
  readonly source: string;
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(source: string, offset: number, message: string, hint?: string) {
    super(message);
    this.source = source;
    this.offset = offset;
    this.hint = hint;
  }

  /** The line with a caret under the character. */
  get frame(): string {
    const lead = this.source.slice(0, this.offset).replace(/[^\t]/g, " ");
    return `    ${this.source}\n    ${lead}^`;
  }
}

/** A place in the tokens of one line. */
export class Cursor {
  readonly source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.source = source;
    this.#tokens = scan(source);
  }

  peek(ahead = 0): Token {
    return (this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1)) as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#at++;
    return token;
  }

  /** Takes the token if it reads so, in any case of letters. */
  take(...texts: readonly string[]): Token | undefined {
    const token = this.peek();
    if (token.kind === "string" || token.kind === "unclosed") return undefined;
    return texts.includes(token.text.toLowerCase()) && token.kind !== "end" ? this.next() : undefined;
  }

  expect(text: string, why: string): Token {
    return this.take(text) ?? this.fail(`expected "${text}" ${why}, found ${describe(this.peek())}`);
  }

  fail(message: string, hint?: string, token: Token = this.peek()): never {
    throw new ThresholdSyntaxError(this.source, token.start, message, hint);
  }
}

export function describe(token: Token): string {
  if (token.kind === "end") return "the end of the line";
  return token.kind === "string" ? `the text "${token.text}"` : `"${token.text}"`;
}
