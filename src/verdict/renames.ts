import { say } from "../base/sentence.ts";
import { type Endpoint, endpointLabel } from "../stats/endpoint.ts";
import { type Comparison, withNotes } from "./comparison.ts";

/** An endpoint and its share of all requests, 0–1. */
interface Share {
  readonly endpoint: Endpoint;
  readonly share: number;
}

export interface Rename {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Likeness of path and of traffic together, 0–1, from which on a rename is worth suggesting. */
const likely = 0.6;
/** Of the traffic: one that is asked for three times as often is hardly the same. */
const leastShare = 1 / 3;

/** Pairs of a missing endpoint and a new one that may be the same under another name, the likeliest first. */
export function likelyRenames(missing: readonly Share[], appeared: readonly Share[]): Rename[] {
  const pairs = missing.flatMap((from) =>
    appeared
      .filter(({ endpoint }) => endpoint.method === from.endpoint.method)
      .map((to) => ({ from: from.endpoint, to: to.endpoint, score: likeness(from, to) })),
  );
  const taken = new Set<string>();
  return pairs
    .filter(({ score }) => score >= likely)
    .sort((a, b) => b.score - a.score)
    .filter(({ from, to }) => {
      const keys = [`- ${endpointLabel(from)}`, `+ ${endpointLabel(to)}`];
      if (keys.some((key) => taken.has(key))) return false;
      for (const key of keys) taken.add(key);
      return true;
    })
    .map(({ from, to }) => ({ from, to }));
}

function likeness(from: Share, to: Share): number {
  const shares = Math.min(from.share, to.share) / Math.max(from.share, to.share, 1e-9);
  if (shares < leastShare) return 0;
  return (pathLikeness(from.endpoint.name, to.endpoint.name) + shares) / 2;
}

/** The share of letters that can stay where they are, or of path segments that both have, whichever is more. */
function pathLikeness(a: string, b: string): number {
  const letters =
    1 - distance(a.slice(0, 200), b.slice(0, 200)) / Math.max(1, Math.min(200, Math.max(a.length, b.length)));
  const [mine, theirs] = [a, b].map((path) => new Set(path.split(/[/?&.]/).filter((part) => part !== "")));
  if (!mine || !theirs) return letters;
  const both = [...mine].filter((part) => theirs.has(part)).length;
  return Math.max(letters, both / Math.max(1, mine.size, theirs.size));
}

/** Levenshtein's: letters to insert, drop or exchange. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, exchanged));
    }
    row = next;
  }
  return row[b.length] as number;
}

/**
 * Missing endpoints with a word about what they may be called now. `n` of what is missing counts its requests in the
 * past under the same load, `n` of what is new those of this run, so either is a share of the head's requests.
 * @param headRequests of this run, all endpoints
 */
export function nameRenames(comparisons: readonly Comparison[], headRequests: number): Comparison[] {
  const shares = (wanted: Comparison["outcome"]) => {
    const found = new Map<string, Share>();
    for (const { endpoint, outcome, n } of comparisons) {
      if (!endpoint || outcome !== wanted) continue;
      found.set(endpointLabel(endpoint), { endpoint, share: n / Math.max(1, headRequests) });
    }
    return [...found.values()];
  };
  const renames = new Map(
    likelyRenames(shares("missing"), shares("no-baseline")).map(({ from, to }) => [endpointLabel(from), to]),
  );
  return comparisons.map((one) => {
    const to = one.endpoint && one.outcome === "missing" ? renames.get(endpointLabel(one.endpoint)) : undefined;
    if (to === undefined) return one;
    const warning = say`perhaps renamed: ${endpointLabel(to)} is new, and has as much of the traffic`;
    return withNotes({ ...one, renamedTo: to }, { warnings: [warning] });
  });
}
