import { trimmed } from "./framing.ts";

/**
 * The headers of one answer, kept as they came: text from our own wire, a record from undici. Nobody asks for most of
 * them, so they are taken apart when somebody does.
 */
export class AnswerHeaders {
  readonly #raw: string | Readonly<Record<string, string | string[] | undefined>>;
  #pairs: readonly (readonly [string, string])[] | undefined;

  /** @param raw the header lines, each with its line's end, without the status line; or a record with lower-case names */
  constructor(raw: string | Readonly<Record<string, string | string[] | undefined>>) {
    this.#raw = raw;
  }

  /** Names in lower case, in the order they came; `set-cookie` may be there several times. */
  get pairs(): readonly (readonly [name: string, value: string])[] {
    this.#pairs ??= typeof this.#raw === "string" ? parseLines(this.#raw) : flatten(this.#raw);
    return this.#pairs;
  }

  /** All values of one header (lower-case name) joined with a comma; undefined if it is not there. */
  get(name: string): string | undefined {
    let found: string | undefined;
    for (const [key, value] of this.pairs) if (key === name) found = found === undefined ? value : `${found}, ${value}`;
    return found;
  }

  all(name: string): string[] {
    return this.pairs.filter(([key]) => key === name).map(([, value]) => value);
  }

  toHeaders(): Headers {
    const headers = new Headers();
    for (const [name, value] of this.pairs) {
      try {
        headers.append(name, value);
      } catch {
        // A name or value that fetch's Headers refuses is still in the failure sample.
      }
    }
    return headers;
  }
}

function parseLines(text: string): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) pairs.push([line.slice(0, colon).toLowerCase(), trimmed(line.slice(colon + 1))]);
  }
  return pairs;
}

function flatten(record: Readonly<Record<string, string | string[] | undefined>>): (readonly [string, string])[] {
  return Object.entries(record).flatMap(([name, value]) =>
    value === undefined || name.startsWith(":")
      ? []
      : Array.isArray(value)
        ? value.map((one) => [name, one] as const)
        : [[name, value] as const],
  );
}
