import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { code, fence } from "../../../src/report/view/safe-text.ts";
import { hostileText as hostile, type MarkdownNode, parseMarkdown as parse } from "../../support/hostile-text.ts";

/** The tree's types, children in brackets: what a reader's browser would make of it. */
function shape(node: MarkdownNode): string {
  return node.children ? `${node.type}[${node.children.map(shape).join(",")}]` : node.type;
}

const many = { numRuns: 3000 };

describe("text from outside in Markdown", () => {
  test("stays one code span in running text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const expected = code(text) === "–" ? "root[paragraph[text]]" : "root[paragraph[text,inlineCode,text]]";
        expect(shape(parse(`before ${code(text)} after`))).toBe(expected);
      }),
      many,
    );
  });

  test("stays one code span in a heading", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const expected = code(text) === "–" ? "root[heading[text]]" : "root[heading[text,inlineCode,text]]";
        expect(shape(parse(`### before ${code(text)} after`))).toBe(expected);
      }),
      many,
    );
  });

  test("leaves a table its shape", () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const table = `| A | B | C |\n| :- | -: | - |\n| ${code(a)} | 1 | ${code(b)} |\n| 2 | ${code(b)} | 3 |\n\nend`;
        const span = (text: string) => (code(text) === "–" ? "tableCell[text]" : "tableCell[inlineCode]");
        const plain = "tableCell[text]";
        const rows = [
          `tableRow[${plain},${plain},${plain}]`,
          `tableRow[${span(a)},${plain},${span(b)}]`,
          `tableRow[${plain},${span(b)},${plain}]`,
        ];
        expect(shape(parse(table))).toBe(`root[table[${rows.join(",")}],paragraph[text]]`);
      }),
      many,
    );
  });

  test("stays in its fence, between details too", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const tree = parse(`<details><summary>x</summary>\n\n${fence(text)}\n\n</details>\n\nend`);
        expect(shape(tree)).toBe("root[html,code,html,paragraph[text]]");
      }),
      many,
    );
  });

  test("escapes without its enclosure: the test would notice", () => {
    expect(shape(parse("before @a **b** <i> after"))).not.toBe("root[paragraph[text]]");
    expect(shape(parse("| A |\n| - |\n| `a|b` |"))).not.toContain("tableRow[tableCell[inlineCode]]");
    expect(shape(parse("before `a` **b**` after"))).not.toBe("root[paragraph[text,inlineCode,text]]");
  });
});
