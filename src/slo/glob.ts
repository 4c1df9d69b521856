import { distance } from "fastest-levenshtein";
import { matchesGlob } from "../base/glob.ts";
import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";

/**
 * A glob over endpoints. `*` stands for any characters, slashes too; everything else stands for itself, for names are
 * full of `?`, `[` and `{`. A star that is meant is written `\*`. The glob is held against `GET /items` and against
 * `/items`, so that a method need not be said.
 */
export function matchesEndpoint(glob: string, endpoint: Endpoint): boolean {
  return matchesGlob(glob, endpointLabel(endpoint)) || matchesGlob(glob, endpoint.name);
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
