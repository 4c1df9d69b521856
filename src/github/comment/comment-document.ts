import { commentMarker, withoutMarker } from "../../report/markdown/marker.ts";

/** Which run wrote a comment. Run ids grow with time, in one workflow and across workflows; attempts grow within a run. */
export interface RunStamp {
  readonly id: number;
  readonly attempt: number;
  readonly sha: string;
}

/** GitHub refuses longer bodies with 422, on update as on create. */
export const commentLimit = 65_536;

const stampLine = /^<!-- swarmgate-run id=(\d+) attempt=(\d+) sha=([0-9a-f]*) -->\s*$/m;
const noteLines = /^<!-- swarmgate-note -->.*\n+/m;
const footer = /^<sub>.*<\/sub>[ \t]*$/gm;

/** A report's Markdown as the body of a comment: marker first, the run that wrote it last, within GitHub's limit. */
export function commentBody(content: {
  readonly name: string;
  readonly markdown: string;
  readonly run: RunStamp;
}): string {
  const text = `${commentMarker(content.name)}\n${withoutMarker(content.markdown)}`;
  const stamp = `<!-- swarmgate-run id=${content.run.id} attempt=${content.run.attempt} sha=${content.run.sha} -->`;
  const whole = `${text.trimEnd()}\n${stamp}\n`;
  return whole.length <= commentLimit ? whole : `${headOf(text)}\n${stamp}\n`;
}

/** Marker and heading alone: cutting anywhere else could leave a table, a fence or `<details>` open. */
function headOf(text: string): string {
  const lines = text.split("\n");
  const heading = lines.findIndex((line, index) => index > 0 && line.trim() !== "");
  const head = lines
    .slice(0, heading + 1)
    .join("\n")
    .slice(0, 5000);
  return `${head}\n\nThe rest is too long for a comment: see the job summary.`;
}

/** The run that wrote a comment; undefined if it does not say. */
export function stampOf(body: string): RunStamp | undefined {
  const match = stampLine.exec(body);
  if (match === null) return undefined;
  return { id: Number(match[1]), attempt: Number(match[2]), sha: match[3] ?? "" };
}

/** True if `a` is from a later run, or a later attempt of the same run, than `b`. */
export function isNewer(a: RunStamp, b: RunStamp): boolean {
  return a.id === b.id ? a.attempt > b.attempt : a.id > b.id;
}

/** True if two bodies say the same to a reader: line ends, the footer and the run apart. A note is something said. */
export function saysTheSame(pair: { readonly before: string; readonly after: string }): boolean {
  return essence(pair.before) === essence(pair.after);
}

function essence(body: string): string {
  return body.replaceAll("\r\n", "\n").replace(stampLine, "").replaceAll(footer, "").trimEnd();
}

/** The same comment with one line under the marker about what is going on now; an earlier such line goes. */
export function withNote(body: string, note: string): string {
  const bare = body.replaceAll("\r\n", "\n").replace(noteLines, "");
  const [marker = "", ...rest] = bare.split("\n");
  return `${marker}\n<!-- swarmgate-note -->${note.replaceAll(/\s+/g, " ")}\n\n${rest.join("\n").replace(/^\n+/, "")}`;
}
