import { slug } from "../view/safe-text.ts";

/**
 * The first line of every comment of this name, by which it is found again: `<!-- swarmgate:api -->`. A name cannot end
 * it early, and the blank keeps `api` apart from `api-v2`. Which run wrote a comment stands at its end (github's room).
 */
export function commentMarker(name: string): string {
  return `<!-- swarmgate:${slug(name)} -->`;
}

/** A comment's Markdown without the marker it may begin with. */
export function withoutMarker(markdown: string): string {
  return markdown.replace(/^<!-- swarmgate:[^\n]*-->\n/, "");
}
