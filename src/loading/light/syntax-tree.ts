/** A node of the parser's tree, as far as everything that reads it here is concerned. */
export interface SyntaxNode {
  readonly type: string;
  /** Offsets into the source. */
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";
}

export function nodeAt(node: SyntaxNode, key: string): SyntaxNode | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

export function nodesAt(node: SyntaxNode, key: string): readonly SyntaxNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Every child, in the order of the tree's own fields. */
export function* childrenOf(node: SyntaxNode): Generator<readonly [key: string, child: SyntaxNode]> {
  for (const key of Object.keys(node)) {
    if (key === "loc" || key === "extra") continue;
    const value = node[key];
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) yield [key, each];
    } else if (isNode(value)) yield [key, value];
  }
}

/** The name an identifier stands for; undefined for every other node. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === "Identifier" ? (node.name as string) : undefined;
}

/** Names that a parameter, a variable or a pattern of them brings into being. */
export function boundNames(node: SyntaxNode | undefined): string[] {
  if (!node) return [];
  const name = nameOf(node);
  if (name !== undefined) return [name];
  if (node.type === "ObjectProperty") return boundNames(nodeAt(node, "value"));
  if (node.type === "AssignmentPattern") return boundNames(nodeAt(node, "left"));
  if (node.type === "RestElement") return boundNames(nodeAt(node, "argument"));
  return [...nodesAt(node, "elements"), ...nodesAt(node, "properties")].flatMap(boundNames);
}
