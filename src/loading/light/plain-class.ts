import { blanked, blankedMark, blankedType } from "./blanks.ts";
import { NotPlain } from "./not-plain.ts";
import type { SourceEdit } from "./source-edits.ts";
import { nameOf, nodeAt, nodesAt, type SyntaxNode } from "./syntax-tree.ts";

/** What has to go from the head of a class: `abstract`, `implements …`. */
export function classHeadEdits(code: string, node: SyntaxNode): SourceEdit[] {
  const edits: SourceEdit[] = [];
  const body = nodeAt(node, "body") as SyntaxNode;
  const [implemented] = nodesAt(node, "implements");
  if (implemented) {
    edits.push(blankedType(code, { start: code.lastIndexOf("implements", implemented.start), end: body.start }));
  }
  if (node.abstract === true) {
    const start = code.indexOf("abstract", afterDecorators(node));
    edits.push(blankedType(code, { start, end: start + "abstract".length }));
  }
  return edits;
}

/** What has to go from a member, its types apart: modifiers, `?`, `!`. Throws NotPlain. */
export function memberEdits(code: string, node: SyntaxNode): SourceEdit[] {
  const key = nodeAt(node, "key") as SyntaxNode;
  const isField = node.type.endsWith("Property");
  // Without its type a field of this name would read as the beginning of the next member.
  if (isField && !nodeAt(node, "value") && /^(?:get|set|static|async|accessor)$/.test(nameOf(key) ?? "")) {
    throw new NotPlain("a field named like a modifier");
  }
  if (node.abstract === true) throw new NotPlain("an abstract member");
  const edits: SourceEdit[] = [];
  const from = afterDecorators(node);
  const head = code.slice(from, key.start);
  for (const { 0: word, index } of head.matchAll(/\b(?:public|private|protected|readonly|override)\b/g)) {
    // The semicolon keeps what follows from being read as part of the member before.
    const mark = head.slice(0, index).trim() === "";
    edits.push(blanked(code, { start: from + index, end: from + index + word.length, mark }));
  }
  // As the whole compiler writes it: who reads a class's text finds its members by this (`user/class-source`).
  if (isField && code[node.end - 1] !== ";") edits.push({ start: node.end, end: node.end, parts: [";"] });
  const afterKey = node.computed === true ? code.indexOf("]", key.end) + 1 : key.end;
  if (node.optional === true) edits.push(blankedMark(code, { mark: "?", from: afterKey }));
  if (node.definite === true) edits.push(blankedMark(code, { mark: "!", from: afterKey }));
  return edits;
}

function afterDecorators(node: SyntaxNode): number {
  return Math.max(node.start, ...nodesAt(node, "decorators").map(({ end }) => end));
}
