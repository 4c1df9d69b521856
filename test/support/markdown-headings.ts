/** What stands outside of fenced blocks. */
function withoutFences(markdown: string): string {
  return markdown.replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\2[^\n]*$/gm, "");
}

/**
 * A heading's anchor by GitHub's rules: lower case, marks dropped, each blank a hyphen; letters, digits, `_` and `-`
 * stay. See https://docs.github.com/en/get-started/writing-on-github, "Section links".
 */
export function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** The anchors of a document: of its headings, and those written as `<a id="…">`. */
export function headingsOf(markdown: string): ReadonlySet<string> {
  const text = withoutFences(markdown);
  const anchors = new Set<string>();
  for (const [, heading = ""] of text.matchAll(/^#{1,6} +(.+?)(?: +#+)? *$/gm)) {
    const slug = slugOf(heading);
    let unique = slug;
    for (let copy = 1; anchors.has(unique); copy++) unique = `${slug}-${copy}`;
    anchors.add(unique);
  }
  for (const [, id = ""] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

export interface Named {
  readonly page: string;
  readonly anchor: string | undefined;
}

/** Pages of docs/ and their headings, wherever a path to one is written; not those of other repositories' addresses. */
export function pagesNamedIn(text: string): Named[] {
  const pattern = /(?<![\w/.-])docs\/[\w./-]+\.md(?:#([\w-]+))?/g;
  return [...text.matchAll(pattern)].map(([whole, anchor]) => ({ page: whole.split("#")[0] as string, anchor }));
}

/** Links of a document that lead within the repository; code is not looked into. */
export function linksOf(markdown: string): { readonly path: string; readonly anchor: string | undefined }[] {
  const text = withoutFences(markdown).replace(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
    .map((target) => {
      const [path = "", anchor] = target.split("#");
      return { path: decodeURI(path), anchor };
    });
}
