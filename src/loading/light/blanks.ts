import { NotPlain } from "./not-plain.ts";
import type { SourceEdit } from "./source-edits.ts";

/** As many spaces, lines kept; with `mark` the first is a semicolon, so that what stands before ends there. */
export function blanked(code: string, range: { start: number; end: number; mark: boolean }): SourceEdit {
  const { start, end, mark } = range;
  const spaces = code.slice(start, end).replace(/[^\r\n]/g, " ");
  return { start, end, parts: [mark ? `;${spaces.slice(1)}` : spaces] };
}

/** Blanks a type beside code. Throws NotPlain where the statement goes on differently without it. */
export function blankedType(code: string, { start, end }: { start: number; end: number }): SourceEdit {
  const next = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(code.slice(end))?.[0] ?? "";
  if (next.includes("\n") && /[([`+\-*/,]/.test(code[end + next.length] ?? "")) {
    throw new NotPlain("a statement that ends with its type");
  }
  return blanked(code, { start, end, mark: false });
}

/** Blanks the `?` or `!` that is the next thing after `from`. */
export function blankedMark(code: string, { mark, from }: { mark: string; from: number }): SourceEdit {
  const at = from + (/^\s*/.exec(code.slice(from))?.[0].length ?? 0);
  if (code[at] !== mark) throw new NotPlain(`${mark} is not where it was expected`);
  return blankedType(code, { start: at, end: at + 1 });
}
