import { distance } from "fastest-levenshtein";
import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";

/**
 * A glob over endpoints. `*` stands for any characters, slashes too; everything else stands for itself, for names are
 * full of `?`, `[` and `{`. A star that is meant is written `\*`. The glob is held against `GET /items` and against
 * `/items`, so that a method need not be said.
 */
export function matchesEndpoint(glob: string, endpoint: Endpoint): boolean {
  return matchesGlob(glob, endpointLabel(endpoint)) || matchesGlob(glob, endpoint.name);
}

const star = Symbol("any characters");

/** Whether the whole text matches; time grows with the product of the lengths at worst, whatever the stars. */
export function matchesGlob(glob: string, text: string): boolean {
  const pattern = piecesOf(glob);
  let [p, t] = [0, 0];
  // Where to go on when a character does not fit: the last star takes one more.
  let retry: { readonly p: number; t: number } | undefined;
  while (t < text.length) {
    if (pattern[p] === star) {
      retry = { p: ++p, t };
    } else if (pattern[p] === text[t]) {
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

function piecesOf(glob: string): (string | typeof star)[] {
  const pieces: (string | typeof star)[] = [];
  for (let at = 0; at < glob.length; at++) {
    const protects = glob[at] === "\\" && (glob[at + 1] === "*" || glob[at + 1] === "\\");
    if (protects) pieces.push(glob[++at] as string);
    else pieces.push(glob[at] === "*" ? star : (glob[at] as string));
  }
  return pieces;
}

/** A glob that matches exactly this text. */
export function escapeGlob(text: string): string {
  return text.replace(/\\(?=[\\*])|\*/g, "\\$&");
}

/** The labels most like a glob that matched nothing, best first. */
export function nearestLabels(glob: string, endpoints: readonly Endpoint[], limit = 3): string[] {
  const wanted = glob.replaceAll("*", "").toLowerCase();
  return endpoints
    .map((endpoint) => {
      const label = endpointLabel(endpoint);
      const away = Math.min(distance(wanted, label.toLowerCase()), distance(wanted, endpoint.name.toLowerCase()));
      return { label, away };
    })
    .sort((a, b) => a.away - b.away || (a.label < b.label ? -1 : 1))
    .slice(0, limit)
    .map(({ label }) => label);
}
