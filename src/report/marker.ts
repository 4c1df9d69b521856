import type { Report } from "./report.ts";
import { slug } from "./safe-text.ts";

/** What a comment remembers of the run that wrote it, so that an older run does not overwrite a newer one. */
export interface MarkerData {
  readonly run: number;
  readonly attempt: number;
  readonly sha: string | null;
}

/** What every comment of this name begins with; the space keeps `api` apart from `api-v2`. */
export function markerPrefix(name: string): string {
  return `<!-- swarmgate:${slug(name)} `;
}

/** The first line of a comment: `<!-- swarmgate:api run=12 attempt=1 sha=e4f5a6b… -->`. */
export function markerOf(report: Pick<Report, "name" | "run" | "commit">): string {
  const { run, commit } = report;
  return `${markerPrefix(report.name)}run=${run?.number ?? 0} attempt=${run?.attempt ?? 0} sha=${commit ?? "none"} -->`;
}

/** Reads the marker of a comment's body; null if it is not one of ours of that name. */
export function parseMarker(name: string, body: string): MarkerData | null {
  const prefix = markerPrefix(name);
  if (!body.startsWith(prefix)) return null;
  const match = /^run=(\d{1,15}) attempt=(\d{1,9}) sha=([0-9a-f]{7,64}|none) -->/.exec(body.slice(prefix.length));
  if (!match) return { run: 0, attempt: 0, sha: null };
  return { run: Number(match[1]), attempt: Number(match[2]), sha: match[3] === "none" ? null : (match[3] ?? null) };
}
