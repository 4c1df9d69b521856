import { engineName } from "../resolve-local.ts";
import type { SourceEdit } from "./source-edits.ts";
import { childrenOf, nameOf, nodeAt, nodesAt, type SyntaxNode } from "./syntax-tree.ts";

/** Our own decorators: they replace nothing and add no initializers, so that calling them is all there is to do. */
const ours = new Set(["task", "tag", "transition", "transitions"]);

/** What may stand between a decorator's brackets to be moved into the class: it means the same there. */
const movable = new Set([
  "CallExpression",
  "Identifier",
  "MemberExpression",
  "StringLiteral",
  "NumericLiteral",
  "BooleanLiteral",
  "NullLiteral",
  "UnaryExpression",
  "BinaryExpression",
  "ObjectExpression",
  "ObjectProperty",
  "ArrayExpression",
  "NewExpression",
]);

/** The name of the helper in a compiled file. */
const helper = "_swarmgateDecorate";

/** Calls decorators as the standard (2023-11) does; made for ours alone. Hoisted: it stands at the end of the file. */
export const decorateHelper = `
function ${helper}(owner, decorators, kind, name, isStatic) {
  const key = Symbol.metadata ?? Symbol.for("Symbol.metadata");
  if (!Object.hasOwn(owner, key)) {
    const value = Object.create(owner[key] ?? null);
    Object.defineProperty(owner, key, { value, configurable: true, enumerable: true });
  }
  const holder = isStatic ? owner : owner.prototype;
  const member = name === undefined ? undefined : Object.getOwnPropertyDescriptor(holder, name);
  const target = kind === "class" ? owner : kind === "field" ? undefined : (member.value ?? member.get);
  const about = kind === "class" ? { name: owner.name } : { name, static: isStatic, private: false };
  for (const decorator of decorators.reverse()) {
    decorator(target, { kind, ...about, metadata: owner[key], addInitializer() {} });
  }
}`;

/** The names under which a module has imported our decorators. */
export function ownDecorators(body: readonly SyntaxNode[]): ReadonlySet<string> {
  const imports = body.filter(
    (each) => each.type === "ImportDeclaration" && nodeAt(each, "source")?.value === engineName,
  );
  const specifiers = imports.flatMap((each) => nodesAt(each, "specifiers"));
  const chosen = specifiers.filter((each) => ours.has(nameOf(nodeAt(each, "imported")) ?? ""));
  return new Set(chosen.flatMap((each) => nameOf(nodeAt(each, "local")) ?? []));
}

/**
 * Decorators of a class and its members as calls from static blocks, each in its place. Undefined where a decorator
 * is not ours, or decorates what only the standard's own machinery can (accessors, private and computed names).
 */
export function lowerDecorators(node: SyntaxNode, own: ReadonlySet<string>): SourceEdit[] | undefined {
  const body = nodeAt(node, "body") as SyntaxNode;
  const edits: SourceEdit[] = [];
  const onClass = nodesAt(node, "decorators");
  if (!onClass.every((each) => isOwn(each, own))) return undefined;
  if (onClass.length > 0) {
    edits.push(...onClass.map(gone));
    const at = body.start + 1;
    edits.push({ start: at, end: at, parts: call(onClass, '"class"') });
  }
  for (const member of nodesAt(body, "body")) {
    const decorators = nodesAt(member, "decorators");
    const [first, ...rest] = decorators;
    if (!first) continue;
    const kind = kindOf(member);
    const name = nameOf(nodeAt(member, "key"));
    if (kind === undefined || name === undefined || !decorators.every((each) => isOwn(each, own))) return undefined;
    const parts = call(decorators, `"${kind}", ${JSON.stringify(name)}, ${member.static === true}`);
    edits.push({ start: first.start, end: first.end, parts }, ...rest.map(gone));
  }
  return edits;
}

function kindOf(member: SyntaxNode): string | undefined {
  if (member.computed === true || member.declare === true || member.abstract === true) return undefined;
  if (member.type === "ClassProperty") return "field";
  if (member.type !== "ClassMethod") return undefined;
  return member.kind === "method" ? "method" : member.kind === "get" ? "getter" : undefined;
}

/** `static { helper(this, [decorators], …) }`, the decorators as they were written. */
function call(decorators: readonly SyntaxNode[], rest: string): SourceEdit["parts"] {
  const list = decorators.flatMap((each) => {
    const { start, end } = nodeAt(each, "expression") as SyntaxNode;
    return [[start, end] as const, ","];
  });
  return [`static{${helper}(this,[`, ...list, `],${rest});}`];
}

function gone({ start, end }: SyntaxNode): SourceEdit {
  return { start, end, parts: [] };
}

function isOwn(decorator: SyntaxNode, own: ReadonlySet<string>): boolean {
  const expression = nodeAt(decorator, "expression") as SyntaxNode;
  const called = expression.type === "CallExpression" ? nodeAt(expression, "callee") : expression;
  return own.has(nameOf(called) ?? "") && isMovable(expression);
}

function isMovable(node: SyntaxNode): boolean {
  if (!movable.has(node.type)) return false;
  return [...childrenOf(node)].every(([, child]) => isMovable(child));
}
