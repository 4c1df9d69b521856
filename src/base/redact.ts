/** What stands where a secret stood. */
export const redacted = "[redacted]";

/** Shorter values would blank out ordinary text; they are told to the user as not masked. */
export const shortestSecret = 8;

/**
 * Removes known secrets from text, whatever the case, in every form of `formsOf`. GitHub masks only logs and
 * summaries; comments, documents and artifacts are ours to clean.
 */
export class Redactor {
  readonly #needles: string[];
  readonly #pattern: RegExp | null;

  constructor(secrets: readonly string[]) {
    const forms = new Set<string>();
    for (const secret of secrets) {
      for (const value of [secret, ...secret.split(/\s+/)]) {
        if (value.length < shortestSecret) continue;
        for (const form of formsOf(value)) forms.add(form);
      }
    }
    // Longest first, so that a form that contains another is removed whole.
    this.#needles = [...forms].sort((a, b) => b.length - a.length);
    const literals = this.#needles.map((needle) => needle.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"));
    this.#pattern = literals.length === 0 ? null : new RegExp(literals.join("|"), "gi");
  }

  /** Every written form of every secret, longest first; what a runner should mask too. */
  get forms(): readonly string[] {
    return this.#needles;
  }

  clean(text: string): string {
    return this.#pattern === null ? text : text.replace(this.#pattern, redacted);
  }
}

/** The same data with every text in it cleaned, keys too; numbers stay numbers. */
export function cleanData<T>(redactor: Redactor, value: T): T {
  return cleaned(redactor, value) as T;
}

/** A JSON document with every text in it cleaned. A secret of digits leaves the document's numbers alone. */
export function cleanJson(redactor: Redactor, json: string): string {
  return redactor.clean(json) === json ? json : JSON.stringify(cleanData(redactor, JSON.parse(json)));
}

function cleaned(redactor: Redactor, value: unknown): unknown {
  if (typeof value === "string") return redactor.clean(value);
  if (Array.isArray(value)) return value.map((item) => cleaned(redactor, item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redactor.clean(key), cleaned(redactor, item)]));
}

/** A secret as servers and libraries echo it: plain, in JSON, in JSON within JSON, in URLs, in HTML, hex and base64. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const hex = bytes.toString("hex");
  const inJson = [json(secret), asciiJson(secret)].flatMap((once) => [once, json(once)]);
  const url = encodeURIComponent(secret);
  return [
    secret,
    ...inJson,
    url,
    url.replaceAll("%20", "+"),
    encodeURIComponent(url),
    hex.replace(/../g, "%$&"),
    hex,
    ...entities(secret),
    ...base64Forms(bytes),
  ];
}

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As writers of plain ASCII have it, Python's among them. */
function asciiJson(text: string): string {
  return json(text).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const named: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

/** Only what HTML makes one write, by name or by number, or every character by its number. */
function entities(secret: string): string[] {
  const number = (character: string) => `&#${character.codePointAt(0)};`;
  const hexNumber = (character: string) => `&#x${character.codePointAt(0)?.toString(16)};`;
  const special = (write: (character: string) => string) => secret.replace(/[&<>"']/g, write);
  const name = (character: string) => `&${named[character]};`;
  const quoteByNumber = (character: string) => (character === "'" ? number(character) : name(character));
  const quoteByHex = (character: string) => (character === "'" ? "&#x27;" : name(character));
  return [
    ...[name, quoteByNumber, quoteByHex, number, hexNumber].map(special),
    ...[number, hexNumber].map((write) => [...secret].map(write).join("")),
  ];
}

/**
 * Base64 of a secret inside a longer text starts at one of three offsets; for each, the characters that depend on
 * the secret alone are a form of their own.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms = [bytes.toString("base64"), bytes.toString("base64url")];
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = padded.toString("base64").replace(/=+$/, "");
    const from = Math.ceil((offset * 8) / 6);
    const inner = whole.slice(from, Math.floor((padded.length * 8) / 6));
    if (inner.length >= shortestSecret) forms.push(inner, inner.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return forms;
}
