import fc from "fast-check";
import { expect, test } from "vitest";
import { Redactor, redacted } from "../../src/base/redact.ts";

const json = (text: string) => JSON.stringify(text).slice(1, -1);
const bytes = (text: string) => Buffer.from(text, "utf8");

/** How a server, a library or a log may write what it was sent. */
const writers: Readonly<Record<string, (secret: string) => string>> = {
  plainly: (s) => s,
  "in capitals": (s) => s.toUpperCase(),
  "in small letters": (s) => s.toLowerCase(),
  "in hex": (s) => bytes(s).toString("hex"),
  "in hex capitals": (s) => bytes(s).toString("hex").toUpperCase(),
  "in JSON": json,
  "in JSON within JSON": (s) => json(json(s)),
  "in JSON of plain ASCII": (s) =>
    json(s).replace(/[^ -~]/g, (u) => `\\u${u.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "in a URL": encodeURIComponent,
  "in a URL, with small hex": (s) => encodeURIComponent(s).replace(/%../g, (percent) => percent.toLowerCase()),
  "in a URL within a URL": (s) => encodeURIComponent(encodeURIComponent(s)),
  "in a URL, every byte": (s) => bytes(s).toString("hex").replace(/../g, "%$&"),
  "in HTML": (s) =>
    s.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? "&#39;"),
  "in HTML, as templates of Python have it": (s) =>
    s.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? "&#x27;"),
  "in HTML numbers": (s) => [...s].map((c) => `&#${c.codePointAt(0)};`).join(""),
  "in HTML hex numbers": (s) => [...s].map((c) => `&#x${c.codePointAt(0)?.toString(16).toUpperCase()};`).join(""),
  "in base64": (s) => bytes(s).toString("base64"),
  "in base64 within more": (s) => bytes(`x:${s}!`).toString("base64"),
};

test.each(Object.entries(writers))("a secret written %s is removed", (_, write) => {
  for (const secret of ["sw0rdfish-<&>'\"", "pässwörd & mehr", "plain-token-123", String.raw`back\slash"quote`]) {
    const said = `before ${write(secret)} after`;
    const cleaned = new Redactor([secret]).clean(said);
    // Base64 of a longer text keeps the letters that hold its neighbours too.
    expect(cleaned).toContain(redacted);
    expect(cleaned).not.toContain(write(secret));
  }
});

test("text without the secret stays as it is, and no secret is a pattern", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8, maxLength: 20 }), (secret) => {
      const redactor = new Redactor([secret]);
      expect(redactor.clean(`<${secret}>`)).not.toContain(secret.trim().length >= 8 ? secret : "\u0000");
      expect(redactor.clean("1.5 requests")).toBe("1.5 requests");
    }),
  );
});
