import { randomUUID } from "node:crypto";

/**
 * Lines that the runner reads from stdout as commands (docs.github.com, "Workflow commands for GitHub Actions").
 * Everything here makes text; the door prints it.
 */

/** The runner shows this many annotations of one level per step, and drops the rest without a word. */
const annotationsPerLevel = 10;
/** Longer messages are cut by the runner. */
const annotationLimit = 4096;

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  /** Ours, never text of the target; the product's name if not given. */
  readonly title?: string | undefined;
  readonly message: string;
  /** Relative to the workspace: the configuration's line, or the locustfile's. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** The annotations as commands: the first ten of each level, the tenth saying how many more there are. */
export function annotationCommands(annotations: readonly Annotation[]): string[] {
  const out: string[] = [];
  for (const level of ["error", "warning", "notice"] as const) {
    const all = annotations.filter((annotation) => annotation.level === level);
    const shown = all.length <= annotationsPerLevel ? all : all.slice(0, annotationsPerLevel - 1);
    for (const annotation of shown) out.push(annotationCommand(annotation));
    const rest = all.length - shown.length;
    if (rest > 0) {
      out.push(annotationCommand({ level, message: `and ${rest} more: see the job summary` }));
    }
  }
  return out;
}

function annotationCommand(annotation: Annotation): string {
  const { level, title = "swarmgate", file, line, column } = annotation;
  const properties: [string, string][] = [["title", title]];
  if (file !== undefined) {
    properties.push(["file", file]);
    if (line !== undefined) properties.push(["line", String(line)]);
    if (line !== undefined && column !== undefined) properties.push(["col", String(column)]);
  }
  const written = properties.map(([name, value]) => `${name}=${property(value)}`).join(",");
  return `::${level} ${written}::${data(cut(annotation.message))}`;
}

/** The runner counts characters after it has unescaped them. */
function cut(message: string): string {
  const clean = message.trim() === "" ? "(no message)" : message;
  return clean.length <= annotationLimit ? clean : `${clean.slice(0, annotationLimit - 1)}…`;
}

/** Hides values in everything printed from now on. Empty ones would hide everything and are left out. */
export function maskCommands(values: readonly string[]): string[] {
  // A masked line is matched whole; a value of several lines must be masked line by line too.
  const all = new Set(values.flatMap((value) => [value, ...value.split(/\r?\n/)]));
  return [...all].filter((value) => value.trim() !== "").map((value) => `::add-mask::${data(value)}`);
}

/**
 * What a library printed for the runner by itself: secrets it wants hidden, and the rest as debug lines, which people
 * see only where they have asked for them.
 */
export function libraryCommands(text: string): {
  readonly masks: readonly string[];
  readonly debug: readonly string[];
} {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const masks = lines.filter((line) => line.startsWith("::add-mask::"));
  const others = lines.filter((line) => !line.startsWith("::add-mask::"));
  // Already escaped where it is a command.
  return { masks, debug: others.map((line) => (line.startsWith("::debug::") ? line : `::debug::${data(line)}`)) };
}

/**
 * Two lines to print around output that is not ours (the locustfile's own, a server's answer): between them the runner
 * takes no commands. The word that ends it cannot be guessed.
 */
export function stopCommands(token: string = randomUUID()): { readonly stop: string; readonly resume: string } {
  return { stop: `::stop-commands::${token}`, resume: `::${token}::` };
}

/**
 * Lines of output that is not ours, each with a prefix, so that none begins with `::`. The runner also takes the older
 * `##[command]`, and `::` behind blanks: control characters that could fake a new line become spaces.
 */
export function foreignLines(text: string, prefix: string): string[] {
  return text
    .replace(/\r?\n$/, "")
    .split(/\r\n|\n|\r|\u2028|\u2029|\u0085|\v|\f/)
    .map((line) => `${prefix}${line.replaceAll("##[", "# #[")}`);
}

/**
 * Lines of our own that quote others (a console report with request names in it), without a prefix on those that need
 * none. A blank before `::` is no protection: the runner trims it, and it finds `##[` anywhere in a line
 * (actions/runner, ActionCommand.cs).
 */
export function ownLines(text: string): string[] {
  return foreignLines(text, "").map((line) => (line.trimStart().startsWith("::") ? `| ${line}` : line));
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
