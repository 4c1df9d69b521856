import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** A notice of its own, not a sentence of a licence that speaks of copyright. */
const copyright = /^\s*(Portions )?[Cc]opyright (\([cC]\)|©|\d|[A-Z])/;

/** What a package may call the file with its licence, or the notices that must go along with it. */
const licenceFile = /^(licen[cs]e|copying|notice)([-.].*)?$/i;

/** A module of ours into which a package was written as text: the bundler sees no file of the package itself. */
const writtenInto: Readonly<Record<string, string>> = { "src/report/html/assets.ts": "node_modules/uplot" };

/**
 * The licence of every package whose code is in the bundle; a text that many packages share stands there once. Throws
 * where a package neither ships a licence nor names one whose text is known.
 */
export function licences(root: string, { inputs }: Metafile): string {
  const folders = new Set<string>();
  for (const input of Object.keys(inputs)) {
    const written = writtenInto[input];
    if (written) folders.add(written);
    const at = input.lastIndexOf("node_modules/");
    if (at < 0) continue;
    const [scope = "", name = ""] = input.slice(at + "node_modules/".length).split("/");
    folders.add(join(input.slice(0, at), "node_modules", scope.startsWith("@") ? `${scope}/${name}` : scope));
  }
  /** By the words of a licence: its text, and the packages under it, each with its copyright lines. */
  const shared = new Map<string, { body: string; holders: Set<string> }>();
  for (const folder of folders) {
    const { title, text } = licenceOf(join(root, folder));
    const lines = text.split("\n");
    const rights = lines.filter((line) => copyright.test(line)).map((line) => `  ${line.trim()}`);
    const rest = lines.filter((line) => !copyright.test(line)).join("\n");
    const body = rest
      .replaceAll(/[ \t]+$/gm, "")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim();
    const words = body.toLowerCase().split(/\s+/).join(" ");
    const licence = shared.get(words) ?? { body, holders: new Set() };
    licence.holders.add([title, ...rights].join("\n"));
    shared.set(words, licence);
  }
  const parts = [...shared.values()].map(({ body, holders }) => `${[...holders].sort().join("\n")}\n\n${body}\n`);
  return parts.sort().join(`\n${"-".repeat(100)}\n\n`);
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
}

function licenceOf(folder: string): { title: string; text: string } {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const { name, version, license } = manifest;
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => licenceFile.test(file)) : [];
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n"));
  const text = texts.length > 0 ? [...new Set(texts)].join("\n") : statedOnly(manifest);
  return { title: `${name} ${version} (${license ?? "see below"})`, text };
}

/** Some packages name their licence and ship no text of it. */
function statedOnly({ name, license, author }: Manifest): string {
  const holder = typeof author === "string" ? author : author?.name;
  if (license !== "MIT") {
    throw new Error(`${name} ships no licence and names none whose text is known (${license ?? "none"}): replace it`);
  }
  return `Copyright (c) ${(holder ?? `the authors of ${name}`).replace(/ *[<(].*$/, "")}\n\n${mit}`;
}

/** The text of the MIT licence, without its copyright line (opensource.org/license/mit). */
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
