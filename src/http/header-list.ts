import { GateError } from "../base/errors.ts";

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these may not stand in a header's value
const badValue = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/;

/**
 * Request headers in the order they are sent, checked once. The list of a user's defaults is shared by all requests
 * that add nothing to it, and so is its text.
 */
export class HeaderList {
  static readonly empty: HeaderList = new HeaderList([]);
  /** Name, value, name, value, …; `host` stands apart. */
  readonly flat: readonly string[];
  /** The user's own `Host`, in place of the URL's. */
  readonly host: string | undefined;
  /** The user's own `Content-Length`; one that is not the body's never gets as far as a connection. */
  readonly contentLength: string | undefined;
  #text: string | undefined;

  private constructor(flat: readonly string[], own: { host?: string | undefined; length?: string | undefined } = {}) {
    this.flat = flat;
    this.host = own.host;
    this.contentLength = own.length;
  }

  /** `Name: value` lines, each with its CR LF; without `Host`, which goes before them (RFC 9110 7.2). */
  get text(): string {
    if (this.#text === undefined) {
      let text = "";
      for (let i = 0; i < this.flat.length; i += 2) text += `${this.flat[i]}: ${this.flat[i + 1]}\r\n`;
      this.#text = text;
    }
    return this.#text;
  }

  has(name: string): boolean {
    const wanted = name.toLowerCase();
    return this.flat.some((part, i) => i % 2 === 0 && part.toLowerCase() === wanted);
  }

  /** A list with each of `changes` put in place of the header of that name, or left out where it is `null`. */
  with(changes: Iterable<readonly [name: string, value: string | null]>): HeaderList {
    const flat = [...this.flat];
    let { host, contentLength: length } = this;
    for (const [name, value] of changes) {
      const wanted = name.toLowerCase();
      if (wanted === "host") {
        if (value !== null) check(name, value);
        host = value ?? undefined;
        continue;
      }
      if (wanted === "content-length") length = value ?? undefined;
      for (let i = flat.length - 2; i >= 0; i -= 2) if (flat[i]?.toLowerCase() === wanted) flat.splice(i, 2);
      if (value === null) continue;
      check(name, value);
      flat.push(name, value);
    }
    return new HeaderList(flat, { host, length });
  }
}

function check(name: string, value: string): void {
  if (name.toLowerCase() === "transfer-encoding") {
    throw new GateError("bad-header", `"${name}" is not yours to set: it follows from the body`, {
      hint: "leave it out; pass an async iterable or a stream as `data` to send the body in chunks",
    });
  }
  if (token.test(name) && !badValue.test(value)) return;
  throw new GateError("bad-header", `"${name}" cannot be sent as a header`, {
    hint: "a name is letters, digits and hyphens; a value has no line breaks and no characters beyond Latin-1",
  });
}
