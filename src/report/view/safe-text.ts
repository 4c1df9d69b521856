/**
 * Text from outside (names, errors, bodies, branch names) on its way into Markdown or a log. In Markdown it is never
 * escaped, only enclosed: mentions and references are expanded in ordinary text whatever the escaping, never in code.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Control, format (zero-width, bidi, soft hyphen, tags), line and paragraph separators, private use. */
const invisible = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Co}|\p{Variation_Selector}|[\u115f\u1160\u3164\uffa0]/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: every character some reader takes for the end of a line
const lineBreak = /\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]/;

/** At most `max` code points, with an ellipsis where something was cut. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = [...text];
  return points.length <= max ? text : `${points.slice(0, max - 1).join("")}…`;
}

/** One line of visible characters; empty where nothing visible is left. */
export function oneLine(text: string, max = 120): string {
  const head = text.length > max * 40 ? text.slice(0, max * 40) : text;
  const visible = head.toWellFormed().replace(ansi, " ").replace(invisible, " ").replace(/\s+/gu, " ").trim();
  return cut(visible, max).trim();
}

/**
 * A code span that holds `text` whatever it is: safe in running text, headings and table cells. At most `max` code
 * points; `–` for nothing.
 */
export function code(text: string, max = 120): string {
  const inner = oneLine(text, max).replaceAll("|", "\u2502");
  if (inner === "") return "–";
  const fence = "`".repeat(longestRun(inner) + 1);
  const pad = inner.includes("`") ? " " : "";
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** What our own sentences are made of: nothing that Markdown or the platform makes something of. */
const harmless = /^[\p{L}\p{N} .,:;(){}…%+×→–—−?!'’"/=·-]*$/u;
/** Hosts, addresses, references and commits become links even so. */
const linking = /www\.|:\/\/|gh-\d|(?:^|[^\p{L}\p{N}])[0-9a-f]{7,}(?:$|[^\p{L}\p{N}])/iu;
/** A setting or a word of a configuration, as our own sentences quote it. */
const quoted = /`(-{0,2}[a-z][a-z0-9-]*(?:: [a-z]+)?)`/;

/**
 * A sentence in pieces (our own words at even places, those of others between them): others' in code spans, and what
 * stands in backticks in ours; the rest as text. Where the rest is not plainly ours, all of it in one code span.
 * @param max code points of the sentence
 */
export function prose(pieces: readonly string[], max = 500): string {
  const parts = shortened(
    pieces.flatMap((piece, i) => (i % 2 === 1 ? [{ text: oneLine(piece, max), isCode: true }] : spans(piece))),
    max,
  ).filter(({ text }) => text !== "");
  // Two code spans side by side would run into one another.
  const isOurs = parts.every(({ isCode, text }, i) =>
    isCode ? !parts[i + 1]?.isCode : harmless.test(text) && !linking.test(text),
  );
  if (!isOurs) return code(pieces.join(""), max);
  return parts.map(({ isCode, text }) => (isCode ? code(text, max) : text)).join("");
}

/** A run of text, in a code span or not. */
export interface Span {
  readonly text: string;
  readonly isCode: boolean;
}

/** Our own words, what stands in backticks apart. */
export function spans(words: string): Span[] {
  const found = quoted.exec(words);
  if (!found?.[1]) return [{ text: words, isCode: false }];
  return [
    { text: words.slice(0, found.index), isCode: false },
    { text: found[1], isCode: true },
    ...spans(words.slice(found.index + found[0].length)),
  ];
}

/** As many code points as fit, with an ellipsis where something was cut. */
function shortened(parts: readonly Span[], max: number): Span[] {
  const out: Span[] = [];
  let left = max;
  for (const part of parts) {
    const { length } = [...part.text];
    if (length > left) {
      out.push({ ...part, text: cut(part.text, Math.max(1, left)) });
      break;
    }
    out.push(part);
    left -= length;
  }
  return out;
}

/** Visible characters only, lines kept: at most `maxLines` of `maxColumns`. For preformatted text. */
export function cleanLines(text: string, { maxLines = 60, maxColumns = 500 } = {}): string {
  const lines = text
    .slice(0, maxLines * maxColumns * 2)
    .toWellFormed()
    .replace(ansi, "")
    .split(lineBreak)
    .map((line) => cut(line.replace(/\t/g, "  ").replace(invisible, " ").trimEnd(), maxColumns));
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  return [...lines.slice(0, maxLines), ...(lines.length > maxLines ? ["…"] : [])].join("\n");
}

/** A fenced block that holds `text` whatever it is: lines kept, at most `maxLines` of `maxColumns`. */
export function fence(text: string, { maxLines = 30, maxColumns = 300 } = {}): string {
  const inner = cleanLines(text, { maxLines, maxColumns });
  const mark = "`".repeat(Math.max(3, longestRun(inner) + 1));
  return `${mark}text\n${inner}\n${mark}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}

/**
 * Text for a log that a runner reads: every line carries `prefix`, so that none begins with `::`, and the older form
 * `##[…]`, which a runner finds anywhere in a line, is broken up. Colours and cursor movements are taken out.
 */
export function prefixLines(text: string, prefix: string): string {
  const lines = text
    .toWellFormed()
    .replace(ansi, "")
    .split(lineBreak)
    .map((line) => `${prefix}${line.replace(/\t/g, "  ").replace(invisible, " ")}`.replaceAll("##[", "# #["));
  if (lines.length > 1 && lines.at(-1) === prefix) lines.pop();
  return lines.join("\n");
}

/** Ids, markers and file names of our own: letters, digits, dot, dash and underscore; never empty, never `--`. */
export function slug(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100);
  return plain === "" ? "load-test" : plain;
}

/** What GitHub makes a link or a reference of, in letters a slug may hold: a host, an issue, a commit. */
const linked = /(^|[^A-Za-z0-9])(www\.|gh-\d)|^[0-9a-f]{7,64}$/i;

/** A slug for running Markdown: as it is, or in a code span where the platform would link it. */
export function plainName(text: string): string {
  const plain = slug(text);
  return linked.test(plain) ? code(plain) : plain;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** For HTML and XML, text and attributes alike. Characters XML 1.0 cannot carry become U+FFFD. */
export function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replace(notXml, "\ufffd")
    .replace(/[&<>"']/g, (character) => entities[character] as string);
}
