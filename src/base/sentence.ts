/**
 * A sentence and who wrote which part of it. What we wrote may stand in running text; a name, an error or a value that
 * somebody else wrote must be enclosed wherever markup is made of it.
 */
export interface Sentence {
  readonly text: string;
  /** `text` in pieces: our own words at even places, those of others between them. */
  readonly pieces: Pieces;
}

export type Pieces = readonly string[];

/** Our own words and numbers, a word of others in backticks at most: nothing here came from outside. */
export function ours(text: string | number): Sentence {
  return { text: `${text}`, pieces: [`${text}`] };
}

/** A text of others as a whole. */
export function foreign(text: string): Sentence {
  return { text, pieces: ["", text] };
}

/**
 * A sentence of ours with values in it. Numbers and sentences keep their authors; a bare string is taken for somebody
 * else's, so that forgetting where it came from encloses too much and never too little.
 *
 * @example
 * say`${endpointLabel(endpoint)} failed in ${failures} of ${requests} requests`
 */
export function say(template: TemplateStringsArray, ...values: readonly (string | number | Sentence)[]): Sentence {
  return joined(
    template.flatMap((words, i) => {
      const value = values[i];
      if (value === undefined) return [ours(words)];
      return [
        ours(words),
        typeof value === "number" ? ours(value) : typeof value === "string" ? foreign(value) : value,
      ];
    }),
  );
}

/** One after the other, with `between` our own words. */
export function joined(sentences: readonly Sentence[], between = ""): Sentence {
  const pieces: string[] = [""];
  const add = (text: string, isForeign: boolean) => {
    if (text === "") return;
    // Odd places are of others: a piece that does not fit there has an empty one before it, or joins its own kind.
    if ((pieces.length % 2 === 0) !== isForeign) pieces.push(text);
    else if (isForeign) pieces.push("", text);
    else pieces[pieces.length - 1] += text;
  };
  for (const [i, sentence] of sentences.entries()) {
    if (i > 0) add(between, false);
    sentence.pieces.forEach((piece, at) => {
      add(piece, at % 2 === 1);
    });
  }
  return { text: pieces.join(""), pieces };
}

/** `GET /a, GET /b and 3 more`: so many at most, every one of them a text of others unless it is a sentence. */
export function listed(items: readonly (string | Sentence)[], most: number): Sentence {
  const shown = items.length > most ? items.slice(0, Math.max(1, most - 1)) : items;
  const all = joined(
    shown.map((item) => (typeof item === "string" ? foreign(item) : item)),
    ", ",
  );
  return shown.length === items.length ? all : joined([all, ours(` and ${items.length - shown.length} more`)]);
}

/** What carries sentences as plain text says here which of them are ours, and in which parts. */
export interface Authored {
  readonly said?: readonly Pieces[] | undefined;
}

/** The pieces of several sentences, as `said` has them. */
export function saidOf(...sentences: readonly (Sentence | null | undefined)[]): Pieces[] {
  return sentences.flatMap((sentence) => (sentence ? [sentence.pieces] : []));
}
