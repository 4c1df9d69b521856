/** What stands where a secret stood. */
export const redacted = "[redacted]";

/** Shorter values would blank out ordinary text; they are told to the user as not masked (SPEC section 2, `headers`). */
export const shortestSecret = 8;

/**
 * Removes known secrets from text, in plain, URL-encoded and base64 form. GitHub masks only logs and summaries;
 * comments, documents and artifacts are ours to clean.
 */
export class Redactor {
  readonly #needles: string[];

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
  }

  /** Every written form of every secret, longest first; what a runner should mask too. */
  get forms(): readonly string[] {
    return this.#needles;
  }

  clean(text: string): string {
    let out = text;
    for (const needle of this.#needles) if (out.includes(needle)) out = out.replaceAll(needle, redacted);
    return out;
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

/**
 * Base64 of a secret inside a longer text starts at one of three offsets; for each, the characters that depend on
 * the secret alone are a needle of their own.
 */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = padded.toString("base64").replace(/=+$/, "");
    const from = Math.ceil((offset * 8) / 6);
    const inner = whole.slice(from, Math.floor((padded.length * 8) / 6));
    if (inner.length >= shortestSecret) forms.push(inner, inner.replaceAll("+", "-").replaceAll("/", "_"));
  }
  forms.push(bytes.toString("base64"), bytes.toString("base64url"));
  return forms;
}
