import type { Pieces } from "../../base/sentence.ts";
import type { Report } from "../document/report.ts";
import { code, prose } from "./safe-text.ts";

/** A text of a report in pieces: our own words at even places. Of an untrusted run nothing is taken for our own. */
export function piecesOf(report: Pick<Report, "said" | "untrusted">, text: string): Pieces {
  if (report.untrusted) return ["", text];
  return report.said?.find((pieces) => pieces.join("") === text) ?? ["", text];
}

/** A message on its way into Markdown: our own words as text, those of others in code spans. */
export function sentenceOf(report: Report, text: string, max = 400): string {
  return proseOf(piecesOf(report, text), max);
}

/** The same of pieces that are known. */
export function proseOf(pieces: Pieces, max = 400): string {
  return pieces.length > 1 && pieces[0] === "" && pieces.length === 2 ? code(pieces[1] ?? "", max) : prose(pieces, max);
}
