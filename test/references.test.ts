import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { headingsOf, linksOf, pagesNamedIn, slugOf } from "./support/markdown-headings.ts";

const documents = [
  "*.md",
  "docs/**/*.md",
  "examples/**/*.md",
  ".github/**/*.md",
  "src/**/*.md",
  "test/**/*.md",
].flatMap((pattern) => globSync(pattern));
const sources = [
  "src/**/*.{ts,mts,js,mjs,css,html}",
  "scripts/*",
  "test/**/*.{ts,mts,js,mjs}",
  "examples/**/*.{ts,yml}",
]
  .flatMap((pattern) => globSync(pattern))
  .concat("action.yml", ".ci/run", ...globSync(".github/**/*.yml"));
const texts = new Map(
  [...documents, ...sources]
    .filter((file) => statSync(file).isFile())
    .map((file) => [file, readFileSync(file, "utf8")]),
);
const files = new Set([
  ...globSync("**/*", { exclude: (name) => ["node_modules", "dist"].includes(name) }),
  ...globSync(".github/**/*"),
]);

function existsAt(file: string, anchor: string | undefined): boolean {
  if (!files.has(file)) return false;
  return anchor === undefined || !file.endsWith(".md") || headingsOf(readFileSync(file, "utf8")).has(anchor);
}

describe("references", () => {
  test("nothing cites a page that readers cannot have", () => {
    expect(texts.size).toBeGreaterThan(700);
    // Put together here, so that this file is not among what it finds.
    const unreachable = [
      new RegExp(String.raw`\b${"SP"}EC\b`),
      new RegExp(String.raw`(^|[^-\w])${"locust"}\.md`, "m"),
      new RegExp(String.raw`${"statistics"}\.md \d`),
      new RegExp(String.raw`\[${"seed"} S\d`),
      new RegExp(String.raw`\b(?:gates|models|platform|operators|toolchain)${"\\.md"}`),
      new RegExp(String.raw`\(${"reference"}: `),
      new RegExp(String.raw`\b${"issue"} #?\d+\b`, "i"),
    ];
    const found = [...texts].flatMap(([file, text]) =>
      unreachable.flatMap((pattern) => (pattern.test(text) ? [`${file}: ${pattern.exec(text)?.[0].trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });

  test("every docs/… page and heading that is named exists", () => {
    const broken = [...texts].flatMap(([file, text]) =>
      pagesNamedIn(text)
        .filter(({ page, anchor }) => !existsAt(page, anchor))
        .map(({ page, anchor }) => `${file}: ${page}${anchor === undefined ? "" : `#${anchor}`}`),
    );
    expect(broken).toEqual([]);
  });

  test("every link between documents leads to a file and a heading", () => {
    const broken = documents.flatMap((file) =>
      linksOf(texts.get(file) ?? "")
        .filter(
          ({ path, anchor }) =>
            !existsAt(path === "" ? file : normalize(`${dirname(file)}/${path}`).replace(/\/$/, ""), anchor),
        )
        .map(({ path, anchor }) => `${file}: ${path}${anchor === undefined ? "" : `#${anchor}`}`),
    );
    expect(broken).toEqual([]);
  });

  test("a decision that is named by its number exists", () => {
    const decisions = new Set(globSync("docs/decisions/*.md").map((file) => /(\d{4})-/.exec(file)?.[1]));
    const broken = [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/\bdecisions? \[?(\d{4})\b/gi)]
        .filter(([, id]) => !decisions.has(id))
        .map(([named]) => `${file}: ${named}`),
    );
    expect(broken).toEqual([]);
  });

  test.each([
    ["## Side by side (`base-host`)", "side-by-side-base-host"],
    ["# What `result.json` keeps", "what-resultjson-keeps"],
    ["### TLS, HTTP/2, pools", "tls-http2-pools"],
    ["## [Locust](https://locust.io)'s words", "locusts-words"],
    ["## snake_case and  blanks", "snake_case-and--blanks"],
  ])("the slug of %s is %s", (heading, slug) => {
    expect([...headingsOf(heading)]).toEqual([slug]);
    expect(slugOf(heading.replace(/^#+ /, ""))).toBe(slug);
  });

  test("headings alike are numbered, and what stands in fences is none", () => {
    expect([...headingsOf("# A\n\n```\n# B\n```\n\n## A\n")]).toEqual(["a", "a-1"]);
  });
});
