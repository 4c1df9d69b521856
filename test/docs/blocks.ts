import { readFileSync } from "node:fs";

/** One block of TypeScript in a page, and how it is to be run. */
export interface Block {
  /** `docs/migrating-from-locust.md:41` */
  readonly place: string;
  /** The heading it stands under. */
  readonly heading: string;
  readonly source: string;
  /** Why it is not run; undefined if it is. */
  readonly notRun: string | undefined;
  /** Added to the ordinary arguments; the last of an option wins. */
  readonly args: readonly string[];
  readonly expectations: readonly Expectation[];
}

/** `exit 7`, `fails text`, `throws text`, `dead text`, `misses task`, `prints text`, `may fail` */
interface Expectation {
  readonly kind: "exit" | "fails" | "throws" | "dead" | "misses" | "prints" | "may";
  readonly text: string;
}

const kinds = new Set(["exit", "fails", "throws", "dead", "misses", "prints", "may"]);

/**
 * The `ts` blocks of a page. An HTML comment right before the fence says what is special about one:
 * `<!-- not run: a fragment -->`, or `<!-- run: -u 4 -t 1s | exit 7 | prints here we go -->`.
 * Throws for a comment it does not understand, so that no block is left out by a slip of the pen.
 */
export function blocksOf(path: string, name = path): Block[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const blocks: Block[] = [];
  let heading = "";
  let fence: { at: number; language: string } | undefined;
  for (const [at, line] of lines.entries()) {
    const mark = /^\s*```(\w*)/.exec(line);
    if (!fence && mark) fence = { at, language: mark[1] ?? "" };
    else if (fence && /^\s*```\s*$/.test(line)) {
      const place = `${name}:${fence.at + 1}`;
      const source = lines.slice(fence.at + 1, at).join("\n");
      if (/^(ts|typescript)$/.test(fence.language)) {
        blocks.push({ place, heading, source, ...directiveOf(lines[fence.at - 1] ?? "", place) });
      }
      fence = undefined;
    } else if (!fence && line.startsWith("#")) heading = line.replace(/^#+\s*/, "");
  }
  if (fence) throw new Error(`${name}:${fence.at + 1}: the block has no end`);
  return blocks;
}

function directiveOf(line: string, place: string): Pick<Block, "notRun" | "args" | "expectations"> {
  const comment = /^\s*<!--\s*(.*?)\s*-->\s*$/.exec(line)?.[1];
  if (comment === undefined) return { notRun: undefined, args: [], expectations: [] };
  const notRun = /^not run:\s*(.+)$/.exec(comment)?.[1];
  if (notRun !== undefined) return { notRun, args: [], expectations: [] };
  const run = /^run:(.*)$/.exec(comment)?.[1];
  if (run === undefined) throw new Error(`${place}: "${comment}" says neither "run:" nor "not run:" with a reason`);
  const [args = "", ...expected] = run.split("|").map((part) => part.trim());
  const expectations = expected.map((part): Expectation => {
    const [kind = "", ...words] = part.split(" ");
    if (!kinds.has(kind) || words.length === 0) throw new Error(`${place}: "${part}" is no expectation`);
    return { kind: kind as Expectation["kind"], text: words.join(" ") };
  });
  return { notRun: undefined, args: args.split(" ").filter(Boolean), expectations };
}
