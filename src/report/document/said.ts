import type { Authored, Pieces } from "../../base/sentence.ts";
import { clipText } from "./clip.ts";
import { bounds } from "./report-schema.ts";

/** The pieces of everything that speaks, each sentence once, cut as the texts of a report are. */
export function saidIn(speakers: readonly Authored[]): string[][] {
  const known = new Map<string, string[]>();
  for (const pieces of speakers.flatMap(({ said = [] }) => said)) {
    const clipped = clipPieces(pieces);
    if (clipped) known.set(clipped.join(""), clipped);
  }
  return [...known.values()].slice(0, bounds.said);
}

/** Cut where the text as a whole is cut, so that they are its pieces still; null where they are too many. */
function clipPieces(pieces: Pieces): string[] | null {
  let left = clipText(pieces.join(""));
  const clipped: string[] = [];
  for (const piece of pieces.map((one) => one.toWellFormed())) {
    if (left === "") break;
    const isWhole = left.startsWith(piece);
    clipped.push(isWhole ? piece : left);
    left = isWhole ? left.slice(piece.length) : "";
  }
  return left === "" && clipped.length <= bounds.pieces ? clipped : null;
}
