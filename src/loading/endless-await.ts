import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GateError } from "../base/errors.ts";
import { formatPlace, type Place, shownPath } from "../base/user-place.ts";

/** A statement at the left margin that awaits: nothing says which of them an unfinished module is at. */
const topLevelAwait = /^(?:(?:export )?(?:const|let|var) [^=\n]*= *|[\w.$ ]+= *|for )?await\b/gm;

/** Locustfiles that do not come to the end of their top-level awaits, as an error that names where these are. */
export function endlessAwait({
  url,
  compiled,
  root,
}: {
  readonly url: string;
  readonly compiled: ReadonlyMap<string, string>;
  readonly root: string;
}): GateError {
  const files = [...new Set([url, ...compiled.keys()])].map((each) => fileURLToPath(each));
  const [first, ...more] = files.flatMap(placesIn).map((place) => formatPlace(place, root));
  const others = more.length === 0 ? "" : ` (or at ${more.slice(0, 4).join(", ")})`;
  const where = first ?? shownPath(fileURLToPath(url), root);
  return new GateError("locustfile-stuck", `the locustfile still waits at a top-level await after 30 s${others}`, {
    place: where,
    hint: "Give what it waits for a limit, or move it to onStart.",
  });
}

function placesIn(file: string): Place[] {
  let code: string;
  try {
    code = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return [...code.matchAll(topLevelAwait)].map((match) => {
    const line = code.slice(0, match.index).split("\n").length;
    return { file, line, column: match[0].length - "await".length + 1 };
  });
}
