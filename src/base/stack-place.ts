import { SourceMap } from "node:module";
import { isUserFile } from "./user-place.ts";

/** A frame of a halted stack, as the inspector's protocol has it (`Debugger.paused`); counted from 0. */
export interface HaltedFrame {
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
}

/** A script as the inspector's protocol names it (`Debugger.scriptParsed`). */
export interface ParsedScript {
  readonly url: string;
  readonly sourceMapURL?: string;
}

/** `file:line:column` of the first frame in the user's own files, in the source as it was written; undefined if none. */
export function haltedAt(
  frames: readonly HaltedFrame[],
  scripts: ReadonlyMap<string, ParsedScript>,
): string | undefined {
  for (const { location } of frames) {
    const script = scripts.get(location.scriptId);
    if (!script?.url.startsWith("file:")) continue;
    const file = decodeURI(new URL(script.url).pathname);
    if (isUserFile(file)) return `${file}:${lineOf(location, script.sourceMapURL)}`;
  }
  return undefined;
}

/** `line:column` from 1, in the source as it was written where the script has a map inside it. */
function lineOf({ lineNumber, columnNumber }: HaltedFrame["location"], mapUrl = ""): string {
  const encoded = /^data:application\/json;[^,]*base64,(.*)$/s.exec(mapUrl)?.[1];
  if (encoded !== undefined) {
    const map = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")));
    const entry = map.findEntry(lineNumber, columnNumber);
    if ("originalLine" in entry) return `${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
  return `${lineNumber + 1}:${columnNumber + 1}`;
}
