import { blanked, blankedMark, blankedType } from "./blanks.ts";
import { NotPlain } from "./not-plain.ts";
import { classHeadEdits, memberEdits } from "./plain-class.ts";
import { lowerDecorators, ownDecorators } from "./plain-decorators.ts";
import type { SourceEdit } from "./source-edits.ts";
import { boundNames, childrenOf, nameOf, nodeAt, nodesAt, type SyntaxNode } from "./syntax-tree.ts";

/** What it takes to make JavaScript of a file. */
export interface PlainModule {
  readonly edits: readonly SourceEdit[];
  /** What it imports, as written, once type-only imports are gone. */
  readonly imports: readonly string[];
  /** A decorator was lowered: the module needs the helper of `plain-decorators`. */
  readonly decorated: boolean;
}

/**
 * Finds what has to be blanked out and rewritten to make JavaScript of an ordinary locustfile: its types, imports of
 * types, decorators that are ours. Only what is certain by looking at one node and its neighbours; it throws
 * {@link NotPlain} for the rest (enums, namespaces, parameter properties, other people's decorators, …).
 */
export function readPlainModule(code: string, program: SyntaxNode): PlainModule {
  return new Reader(code).read(program);
}

/** Types that stand beside code: gone without a trace. */
const typeParts = new Set(["TSTypeAnnotation", "TSTypeParameterDeclaration", "TSTypeParameterInstantiation"]);
/** Types and promises about types where a statement or a member may stand. */
const typeStatements = new Set([
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
  "TSDeclareFunction",
  "TSDeclareMethod",
  "TSIndexSignature",
]);
const typedExpressions = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSInstantiationExpression",
]);
const functions = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassMethod",
  "ClassPrivateMethod",
  "ObjectMethod",
]);
const members = new Set(["ClassMethod", "ClassPrivateMethod", "ClassProperty", "ClassPrivateProperty"]);
/** CommonJS names that the compiler supplies; and what reads names by their text. */
const suppliedNames = new Set(["require", "__filename", "__dirname", "eval"]);

class Reader {
  readonly #code: string;
  readonly #edits: SourceEdit[] = [];
  readonly #imports = new Set<string>();
  /** Names used as values, and names that something other than an import brought into being. */
  readonly #used = new Set<string>();
  readonly #bound = new Set<string>();
  readonly #typeNames = new Set<string>();
  #ownDecorators: ReadonlySet<string> = new Set();
  #decorated = false;

  constructor(code: string) {
    this.#code = code;
  }

  read(program: SyntaxNode): PlainModule {
    const body = nodesAt(program, "body");
    this.#ownDecorators = ownDecorators(body);
    for (const statement of body) if (statement.type !== "ImportDeclaration") this.#visit(statement);
    for (const statement of body) if (statement.type === "ImportDeclaration") this.#import(statement);
    for (const name of this.#used) if (suppliedNames.has(name) && !this.#bound.has(name)) throw new NotPlain(name);
    for (const name of this.#exportedNames(body)) if (this.#typeNames.has(name)) throw new NotPlain("exported type");
    return { edits: this.#edits, imports: [...this.#imports], decorated: this.#decorated };
  }

  #visit(node: SyntaxNode): void {
    if (this.#isTakenAway(node)) return;
    this.#refuse(node);
    this.#note(node);
    for (const [key, child] of childrenOf(node)) if (!isName(node, key)) this.#visit(child);
  }

  /** Blanks what is nothing but types; true if there is nothing left to look at. */
  #isTakenAway(node: SyntaxNode): boolean {
    const { type } = node;
    if (typeParts.has(type)) {
      this.#blank(node.start, node.end);
    } else if (typedExpressions.has(type)) {
      const expression = nodeAt(node, "expression") as SyntaxNode;
      this.#visit(expression);
      this.#blank(expression.end, node.end);
    } else if (typeStatements.has(type) || node.declare === true || this.#exportsTypes(node)) {
      this.#erase(node);
    } else if (type.startsWith("Export") && nodeAt(node, "source")) {
      // Names of another module, none of ours.
      this.#imports.add(nodeAt(node, "source")?.value as string);
    } else return false;
    return true;
  }

  #refuse({ type }: SyntaxNode): void {
    if (type.startsWith("TS") || type === "ClassAccessorProperty" || type === "Import") throw new NotPlain(type);
    if (type === "Decorator") throw new NotPlain("a decorator where no task can be");
  }

  #note(node: SyntaxNode): void {
    const { type } = node;
    if (type === "ImportExpression") this.#importCall(node);
    if (type === "Identifier") this.#identifier(node);
    if (type === "ClassDeclaration" || type === "ClassExpression") this.#class(node);
    if (functions.has(type)) this.#function(node);
    if (members.has(type)) this.#edits.push(...memberEdits(this.#code, node));
    if (type === "VariableDeclarator") this.#variable(node);
    if (type === "CatchClause") this.#bind(boundNames(nodeAt(node, "param")));
  }

  #identifier(node: SyntaxNode): void {
    this.#used.add(node.name as string);
    if (node.optional === true) this.#blankMark("?", node.start + (node.name as string).length);
  }

  #variable(node: SyntaxNode): void {
    const id = nodeAt(node, "id");
    this.#bind(boundNames(id));
    const name = nameOf(id);
    if (node.definite === true && id && name !== undefined) this.#blankMark("!", id.start + name.length);
  }

  #function(node: SyntaxNode): void {
    const parameters = nodesAt(node, "params");
    this.#bind([...boundNames(nodeAt(node, "id")), ...parameters.flatMap(boundNames)]);
    const [first, second] = parameters;
    if (first && nameOf(first) === "this") throw new NotPlain(second ? "this and more" : "this");
    if (parameters.some(({ type, optional }) => type !== "Identifier" && optional === true)) {
      throw new NotPlain("an optional pattern");
    }
    // Between the parameters and the arrow no line may end.
    if (node.type !== "ArrowFunctionExpression") return;
    for (const key of ["returnType", "typeParameters"]) {
      const part = nodeAt(node, key);
      if (part && this.#code.slice(part.start, part.end).includes("\n")) throw new NotPlain("a type of many lines");
    }
  }

  #class(node: SyntaxNode): void {
    this.#bind(boundNames(nodeAt(node, "id")));
    const body = nodeAt(node, "body") as SyntaxNode;
    this.#edits.push(...classHeadEdits(this.#code, node));
    const lowered = lowerDecorators(node, this.#ownDecorators);
    if (!lowered) throw new NotPlain("a decorator that is not ours");
    if (lowered.length > 0) this.#decorated = true;
    this.#edits.push(...lowered);
    for (const decorator of [node, ...nodesAt(body, "body")].flatMap((each) => nodesAt(each, "decorators"))) {
      for (const name of namesIn(decorator)) this.#used.add(name);
    }
  }

  #exportsTypes(node: SyntaxNode): boolean {
    if (!node.type.startsWith("Export")) return false;
    if (node.exportKind === "type") return true;
    const declaration = nodeAt(node, "declaration");
    if (declaration && (typeStatements.has(declaration.type) || declaration.declare === true)) {
      this.#noteType(declaration);
      return true;
    }
    if (nodesAt(node, "specifiers").some(({ exportKind }) => exportKind === "type")) throw new NotPlain("type exports");
    return false;
  }

  #exportedNames(body: readonly SyntaxNode[]): string[] {
    const lists = body.filter(({ type, source }) => type === "ExportNamedDeclaration" && !source);
    return lists.flatMap((each) => nodesAt(each, "specifiers")).flatMap((each) => nameOf(nodeAt(each, "local")) ?? []);
  }

  /** An import stays as far as its names are used as values. */
  #import(node: SyntaxNode): void {
    const specifiers = nodesAt(node, "specifiers");
    const kept = node.importKind === "type" ? [] : specifiers.filter((each) => this.#isValue(each));
    if (kept.length === 0 && (specifiers.length > 0 || node.importKind === "type")) {
      this.#erase(node);
      return;
    }
    this.#imports.add((nodeAt(node, "source") as SyntaxNode).value as string);
    for (const specifier of specifiers) {
      if (kept.includes(specifier)) continue;
      if (specifier.type !== "ImportSpecifier") throw new NotPlain("a default import of a type");
      const comma = /^\s*,/.exec(this.#code.slice(specifier.end))?.[0].length ?? 0;
      this.#edits.push(blanked(this.#code, { start: specifier.start, end: specifier.end + comma, mark: false }));
    }
  }

  #isValue(specifier: SyntaxNode): boolean {
    const name = nameOf(nodeAt(specifier, "local")) as string;
    if (specifier.importKind === "type" || !this.#used.has(name)) {
      this.#typeNames.add(name);
      return false;
    }
    if (this.#bound.has(name)) throw new NotPlain(`${name} may be the import or not`);
    return true;
  }

  #importCall(node: SyntaxNode): void {
    const source = nodeAt(node, "source");
    // What is imported by a name made up while running is compiled then: by the compiler that can do everything.
    if (source?.type !== "StringLiteral") throw new NotPlain("an import by a computed name");
    this.#imports.add(source.value as string);
  }

  #bind(names: readonly string[]): void {
    for (const name of names) this.#bound.add(name);
  }

  #noteType(node: SyntaxNode): void {
    const name = nameOf(nodeAt(node, "id"));
    if (name !== undefined && !/Function$/.test(node.type)) this.#typeNames.add(name);
  }

  /** Takes a whole statement or member away; what stands before it ends there. */
  #erase(node: SyntaxNode): void {
    if (nodesAt(node, "decorators").length > 0) throw new NotPlain("a decorated declaration");
    this.#noteType(node);
    this.#edits.push(blanked(this.#code, { start: node.start, end: node.end, mark: true }));
  }

  #blank(start: number, end: number): void {
    this.#edits.push(blankedType(this.#code, { start, end }));
  }

  #blankMark(mark: string, from: number): void {
    this.#edits.push(blankedMark(this.#code, { mark, from }));
  }
}

/** Whether the child of this key is a name alone: no value is meant by it. */
function isName(node: SyntaxNode, key: string): boolean {
  if (key === "decorators" || key === "label" || key === "meta" || key === "implements") return true;
  if (key === "property") return node.type === "MetaProperty" || node.computed !== true;
  if (key === "key") return node.computed !== true;
  return (key === "exported" || key === "source") && node.type.startsWith("Export");
}

function namesIn(node: SyntaxNode): string[] {
  const name = nameOf(node);
  if (name !== undefined) return [name];
  return [...childrenOf(node)].flatMap(([key, child]) => (isName(node, key) ? [] : namesIn(child)));
}
