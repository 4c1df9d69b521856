import type { NodePath, PluginItem, PluginObject, types } from "@babel/core";
import { GateError } from "../base/errors.ts";
import { formatPlace, type Place } from "../base/user-place.ts";
import { knowsUsing } from "./source-kind.ts";

/** One source file on its way to JavaScript. */
export interface SourceFile {
  /** Absolute path. */
  readonly file: string;
  readonly code: string;
  /** `experimentalDecorators` of the file's own tsconfig: decorators are called the old TypeScript way. */
  readonly legacyDecorators: boolean;
  /** Paths in messages are told relative to it. */
  readonly root: string;
}

export interface CompiledModule {
  /** An ES module with an inline source map. */
  readonly js: string;
  /** What it imports, as written, once type-only imports are gone. */
  readonly imports: readonly string[];
}

/** Throws a GateError `locustfile-syntax` with place and code frame. */
export type Compile = (source: SourceFile) => CompiledModule;

/**
 * Brings Babel in (the dearest import of a run, so only for a file that `light-compiler` cannot do) and gives the
 * compiler. Node strips types but knows neither decorators nor enums; see docs/decisions/0022.
 */
export async function loadCompiler(): Promise<Compile> {
  loaded ??= await makeCompiler();
  return loaded;
}

/** The compiler if this thread has already paid for it. */
export function loadedCompiler(): Compile | undefined {
  return loaded;
}

let loaded: Compile | undefined;

async function makeCompiler(): Promise<Compile> {
  const [{ transformSync }, typescript, decorators, using] = await Promise.all([
    import("@babel/core"),
    import("@babel/plugin-transform-typescript"),
    import("@babel/plugin-proposal-decorators"),
    knowsUsing ? undefined : import("@babel/plugin-transform-explicit-resource-management"),
  ]);
  return ({ file, code, legacyDecorators, root }) => {
    const imports = new Set<string>();
    const isTypeScript = /\.[cm]?ts$/.test(file);
    try {
      const result = transformSync(code, {
        filename: file,
        sourceFileName: file,
        babelrc: false,
        configFile: false,
        browserslistConfigFile: false,
        highlightCode: false,
        compact: false,
        sourceMaps: "inline",
        sourceType: "module",
        plugins: [
          // Without this an `import { Type }` that names only a type would stay, and fail when linked.
          ...(isTypeScript ? [[typescript.default, { onlyRemoveTypeImports: false }] satisfies PluginItem] : []),
          [decorators.default, { version: legacyDecorators ? "legacy" : "2023-11" }],
          ...(using ? [using.default] : []),
          (): PluginObject => moduleShape(imports),
        ],
      });
      return { js: result?.code ?? "", imports: [...imports] };
    } catch (error) {
      throw syntaxError(error, { file, root });
    }
  };
}

/** What CommonJS files find in scope, for TypeScript that was written to be compiled to CommonJS. */
const commonJsNames: Record<string, string> = {
  require: 'process.getBuiltinModule("node:module").createRequire(import.meta.url)',
  __filename: "import.meta.filename",
  __dirname: "import.meta.dirname",
};

/** Notes what a module imports and supplies the CommonJS names that it uses. */
function moduleShape(imports: Set<string>): PluginObject {
  const note = (node: types.Node | null | undefined) => {
    if (node?.type === "StringLiteral") imports.add(node.value);
  };
  return {
    name: "module-shape",
    visitor: {
      ImportExpression: (path: NodePath<types.ImportExpression>) => note(path.node.source),
      CallExpression(path: NodePath<types.CallExpression>) {
        const { callee } = path.node;
        if (callee.type === "Identifier" && callee.name === "require") note(path.node.arguments[0]);
      },
      Program: {
        exit(path: NodePath<types.Program>) {
          for (const statement of path.node.body) if ("source" in statement) note(statement.source);
          for (const [name, value] of Object.entries(commonJsNames)) {
            if (path.scope.hasGlobal(name)) path.unshiftContainer("body", constant(name, value));
          }
        },
      },
    },
  };
}

/** `const name = code`, with nodes that have no place of their own, so that the source map stays true. */
function constant(name: string, code: string): types.VariableDeclaration {
  const init = { type: "Identifier", name: code } as types.Identifier;
  const id = { type: "Identifier", name } as types.Identifier;
  const declarator = { type: "VariableDeclarator", id, init } as types.VariableDeclarator;
  return { type: "VariableDeclaration", kind: "const", declarations: [declarator] } as types.VariableDeclaration;
}

/** Babel writes `file: message (line:column)`, a blank line and the code frame into one text. */
function syntaxError(error: unknown, { file, root }: { file: string; root: string }): unknown {
  if (!(error instanceof Error) || !("code" in error) || !String(error.code).startsWith("BABEL_")) return error;
  const [first = "", ...rest] = error.message.replace(`${file}: `, "").split("\n");
  const frame = rest.join("\n").replace(/^\n+/, "");
  const place = placeOf(error, { file, frame });
  const shown = place ? formatPlace(place, root) : file;
  const headline = first.replace(/\s*\(\d+:\d+\)$/, "");
  return new GateError("locustfile-syntax", `${shown}: ${headline}${frame ? `\n\n${frame}` : ""}`, {
    place: shown,
    hint: "Mend the syntax error; nothing was sent.",
    cause: error,
  });
}

function placeOf(error: Error, { file, frame }: { file: string; frame: string }): Place | undefined {
  const loc = "loc" in error ? (error.loc as { line?: number; column?: number } | undefined) : undefined;
  if (loc?.line !== undefined) return { file, line: loc.line, column: (loc.column ?? 0) + 1 };
  const marked = /^>\s*(\d+) \|/m.exec(frame)?.[1];
  if (marked === undefined) return undefined;
  const caret = /^\s*\|(\s*)\^/m.exec(frame)?.[1]?.length ?? 1;
  return { file, line: Number(marked), column: Math.max(1, caret) };
}
