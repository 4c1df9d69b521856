import type { Place } from "../base/user-place.ts";

/** The lines around a place with a marker under its column. Loaded only when there is something to complain of. */
export async function codeFrame(source: string, place: Pick<Place, "line" | "column">): Promise<string> {
  const { codeFrameColumns } = await import("@babel/code-frame");
  // A place counts columns from 1, Babel 8 from 0.
  return codeFrameColumns(source, { start: { line: place.line, column: place.column - 1 } }, { highlightCode: false });
}
