/** A piece of a threshold's text. `start` and `end` are offsets into it, so that an error can point. */
export interface Token {
  readonly kind: "word" | "number" | "operator" | "string" | "mark" | "unclosed" | "end";
  /** As written; a string's content without its quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const patterns: readonly (readonly [Token["kind"], RegExp])[] = [
  ["word", /[A-Za-zµ_][\w.-]*/y],
  ["number", /\d+(?:\.\d+)?|\.\d+/y],
  ["operator", /[<>]=?|[=!]==?|=/y],
];

/**
 * Cuts a line into tokens. It never fails: what it does not know is a `mark` of one character, and a string without
 * its closing quote is `unclosed`; the parser says what is wrong, because it knows what was expected.
 */
export function scan(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    if (/\s/.test(source[at] as string)) {
      at++;
      continue;
    }
    const token = stringAt(source, at) ?? patternAt(source, at) ?? characterAt(source, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", text: "", start: source.trimEnd().length, end: source.length });
  return tokens;
}

function patternAt(source: string, start: number): Token | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start;
    const match = pattern.exec(source);
    if (match) return { kind, text: match[0], start, end: pattern.lastIndex };
  }
  return undefined;
}

function characterAt(source: string, start: number): Token {
  const text = String.fromCodePoint(source.codePointAt(start) as number);
  return { kind: "mark", text, start, end: start + text.length };
}

/** In a string a backslash protects a quote or a backslash; before anything else it stands for itself. */
function stringAt(source: string, start: number): Token | undefined {
  const quote = source[start];
  if (quote !== '"' && quote !== "'") return undefined;
  let text = "";
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at] as string;
    if (character === quote) return { kind: "string", text, start, end: at + 1 };
    const next = source[at + 1];
    if (character === "\\" && (next === quote || next === "\\")) {
      text += next;
      at++;
    } else {
      text += character;
    }
  }
  return { kind: "unclosed", text, start, end: source.length };
}
