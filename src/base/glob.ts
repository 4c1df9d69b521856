/** What a glob means beside `*`, which is any characters, none too, and `\*`, which is a star. */
export interface GlobRules {
  /** `?` stands for any one character, as in shells; else for itself, for the names of endpoints are full of them. */
  readonly questionMark?: boolean;
  readonly ignoreCase?: boolean;
}

const star = Symbol("any characters");
const one = Symbol("any one character");
type Piece = string | typeof star | typeof one;

/**
 * Whether the whole text matches. The only matcher of globs there is: it never goes back further than the last star, so
 * that no glob, whoever wrote it, takes longer than the product of the lengths.
 */
export function matchesGlob(glob: string, text: string, rules: GlobRules = {}): boolean {
  const pattern = piecesOf(rules.ignoreCase ? glob.toLowerCase() : glob, rules);
  const subject = rules.ignoreCase ? text.toLowerCase() : text;
  let [p, t] = [0, 0];
  // Where to go on when a character does not fit: the last star takes one more.
  let retry: { readonly p: number; t: number } | undefined;
  while (t < subject.length) {
    const piece = pattern[p];
    if (piece === star) {
      retry = { p: ++p, t };
    } else if (piece === one || (piece !== undefined && piece === subject[t])) {
      p++;
      t++;
    } else if (retry) {
      p = retry.p;
      t = ++retry.t;
    } else {
      return false;
    }
  }
  return pattern.slice(p).every((piece) => piece === star);
}

function piecesOf(glob: string, { questionMark = false }: GlobRules): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at] as string;
    const protects = character === "\\" && (glob[at + 1] === "*" || glob[at + 1] === "\\");
    if (protects) pieces.push(glob[++at] as string);
    else if (character === "*") {
      if (pieces.at(-1) !== star) pieces.push(star);
    } else pieces.push(questionMark && character === "?" ? one : character);
  }
  return pieces;
}
