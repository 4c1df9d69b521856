import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * What CHANGELOG.md says of a version, without its heading. A version before a release (`1.2.0-rc.1`) has what stands
 * under "Unreleased". Throws where there is no such section, or nothing in it.
 * @param version `1.2.0`, without the tag's `v`
 */
export function releaseNotes(changelog: string, version: string): string {
  const title = version.includes("-") ? "Unreleased" : version;
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => /^\[?([^\s\]]+)/.exec(text)?.[1] === title);
  const notes = section?.slice(section.indexOf("\n")).trim() ?? "";
  if (notes === "")
    throw new Error(`CHANGELOG.md has nothing under "## ${title}": write there what ${version} changes`);
  return notes;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , version] = process.argv;
  if (!version) throw new Error("usage: node scripts/release-notes.ts 1.2.0");
  console.log(releaseNotes(readFileSync("CHANGELOG.md", "utf8"), version));
}
