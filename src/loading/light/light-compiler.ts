import type { CompiledModule, SourceFile } from "../compile.ts";
import { hasUsing, knowsUsing } from "../source-kind.ts";
import { NotPlain } from "./not-plain.ts";
import { decorateHelper } from "./plain-decorators.ts";
import { readPlainModule } from "./plain-module.ts";
import { applyEdits } from "./source-edits.ts";
import type { SyntaxNode } from "./syntax-tree.ts";

/** Undefined where the source needs the compiler that can do everything, be it to say what is wrong with it. */
export type LightCompile = (source: SourceFile) => CompiledModule | undefined;

/**
 * Brings in Babel's parser, a fifth of what all of Babel costs before the first request, and gives a compiler for
 * files with nothing in them but ordinary types and our own decorators (docs/decisions/0022).
 */
export async function loadLightCompiler(): Promise<LightCompile> {
  const { parse } = await import("@babel/parser");
  return ({ file, code, legacyDecorators }) => {
    if (legacyDecorators || (!knowsUsing && hasUsing(code))) return undefined;
    const isTypeScript = /\.[cm]?ts$/.test(file);
    try {
      const { program } = parse(code, {
        sourceType: "module",
        plugins: isTypeScript ? ["typescript", "decorators"] : ["decorators"],
        createParenthesizedExpressions: true,
        attachComment: false,
      });
      const { edits, imports, decorated } = readPlainModule(code, program as unknown as SyntaxNode);
      return { js: applyEdits(code, { edits, file, appended: decorated ? decorateHelper : "" }), imports };
    } catch (error) {
      // A syntax error is told by the other compiler, with its place and code frame.
      if (error instanceof SyntaxError || error instanceof NotPlain) return undefined;
      throw error;
    }
  };
}
