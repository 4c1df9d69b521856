import fc from "fast-check";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { describe, expect, test } from "vitest";
import { cleanLines, code, escapeMarkup, fence, oneLine, prefixLines, slug } from "../../src/report/safe-text.ts";

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

const parser = unified().use(remarkParse).use(remarkGfm);
const parse = (markdown: string): Node => parser.parse(markdown) as Node;

/** The tree's types, children in brackets: what a reader's browser would make of it. */
function shape(node: Node): string {
  return node.children ? `${node.type}[${node.children.map(shape).join(",")}]` : node.type;
}

const pieces = [
  ..."`|<>&@#[]()*_~\\!\"'=-+: \n\r\t{}$",
  ...["``", "```", "~~~", "||", "\\|", "@team", "#123", "GH-1", "</details>", "<!--", "-->", "<img src=x>", "![a](b)"],
  ...["[a](javascript:b)", "https://evil.example/", "www.evil.example", "a@b.example", "[^1]", "[^1]: x", "- [ ] x"],
  ...["| --- |", "\n\n# h\n\n", "\u202e", "\u200b", "\u2028", "\u0085", "\u001b[31m", "\u001b]8;;x\u0007", "\u{e0041}"],
  ...["::error::", "##[error]", "&lt;", "&#64;", "**b**", "a", "Z", "0", "é", "漢", "😀", "\ud800", "\udc00", "\u0000"],
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);
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

  test("shows what it was, as far as it is visible", () => {
    expect(code("GET /item/{id}")).toBe("`GET /item/{id}`");
    expect(code("a`b")).toBe("`` a`b ``");
    expect(code("a|b")).toBe("`a│b`");
    expect(code(" \u200b\n")).toBe("–");
    expect([...code("x".repeat(500))]).toHaveLength(122);
  });

  test("escapes without its enclosure: the test would notice", () => {
    expect(shape(parse("before @a **b** <i> after"))).not.toBe("root[paragraph[text]]");
    expect(shape(parse("| A |\n| - |\n| `a|b` |"))).not.toContain("tableRow[tableCell[inlineCode]]");
    expect(shape(parse("before `a` **b**` after"))).not.toBe("root[paragraph[text,inlineCode,text]]");
  });
});

describe("text from outside in a log", () => {
  /** How a runner reads a line: `::name` at its start, spaces aside; `##[name` anywhere. */
  const isCommand = (line: string) => /^\s*::/.test(line) || line.includes("##[");

  test("has its prefix on every line, and no command", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of prefixLines(text, "user | ").split(/\r\n|[\n\r\u0085\u2028\u2029]/)) {
          expect(line.startsWith("user | ")).toBe(true);
          expect(isCommand(line)).toBe(false);
        }
      }),
      many,
    );
  });

  test("keeps its lines", () => {
    expect(prefixLines("a\n::error::b\n\n", "> ")).toBe("> a\n> ::error::b\n> ");
    expect(prefixLines("##[add-matcher]x", "> ")).toBe("> # #[add-matcher]x");
  });
});

describe("text from outside elsewhere", () => {
  test("is one visible line where one line is asked for", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = oneLine(text, 20);
        expect([...line].length).toBeLessThanOrEqual(20);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(line.isWellFormed()).toBe(true);
      }),
      many,
    );
  });

  test("keeps no control characters in preformatted text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanLines(text).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  test("opens no tag and closes no attribute", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(escapeMarkup(text)).not.toMatch(/[<>"']/);
      }),
      many,
    );
  });

  test("makes names that end no comment", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(slug(text)).toMatch(/^(?!.*--)[A-Za-z0-9._-]{1,100}$/);
      }),
      many,
    );
  });
});
