import type { Pieces } from "../../base/sentence.ts";
import { oneLine, spans } from "../view/safe-text.ts";
import { type Markup, markup } from "./markup.ts";

/** A sentence on the page: texts of others, and what our own words quote, as code. */
export function sentenceMarkup(pieces: Pieces): Markup {
  const parts = pieces.flatMap((piece, i) =>
    i % 2 === 1 ? [{ text: oneLine(piece, 500), isCode: true }] : spans(piece),
  );
  return markup`${parts.map(({ text, isCode }) => (text === "" ? null : isCode ? markup`<code>${text}</code>` : markup`${text}`))}`;
}
