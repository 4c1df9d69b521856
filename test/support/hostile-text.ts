import fc from "fast-check";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";

/** A node of Markdown's tree, as GitHub's dialect is parsed. */
export interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  /** Of a link or an image. */
  readonly url?: string;
  readonly children?: readonly MarkdownNode[];
}

const parser = unified().use(remarkParse).use(remarkGfm);

export function parseMarkdown(markdown: string): MarkdownNode {
  return parser.parse(markdown) as MarkdownNode;
}

const pieces = [
  ..."`|<>&@#[]()*_~\\!\"'=-+: \n\r\t{}$",
  ...["``", "```", "~~~", "||", "\\|", "@team", "#123", "GH-1", "</details>", "<!--", "-->", "<img src=x>", "![a](b)"],
  ...["[a](javascript:b)", "https://evil.example/", "www.evil.example", "a@b.example", "[^1]", "[^1]: x", "- [ ] x"],
  ...["| --- |", "\n\n# h\n\n", "\u202e", "\u200b", "\u2028", "\u0085", "\u001b[31m", "\u001b]8;;x\u0007", "\u{e0041}"],
  ...["::error::", "##[error]", "&lt;", "&#64;", "**b**", "a", "Z", "0", "é", "漢", "😀", "\ud800", "\udc00", "\u0000"],
];

/** Text made to break out of whatever encloses it. */
export const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);
