import { isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { Problem } from "../base/errors.ts";

type Path = readonly PropertyKey[];

/** A YAML text with the place of everything in it. */
export class YamlSource {
  readonly #text: string;
  readonly #fileName: string;
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;

  constructor(text: string, fileName: string) {
    this.#text = text;
    this.#fileName = fileName;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: "1.2" });
  }

  /** What is wrong with it as YAML; tags of another program (`!include`) are, too. */
  get problems(): Problem[] {
    return [...this.#document.errors, ...this.#document.warnings].map((error) => ({
      where: this.#at(error.pos[0]),
      message: hintOf(this.#text.slice(0, error.pos[0]), error.message),
    }));
  }

  /** The plain value. Throws if aliases would blow it up beyond measure. */
  get value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 });
  }

  /** Where the value at `path` stands; where it is missing, where the nearest thing around it stands. */
  place(path: Path): string {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#node(path.slice(0, length));
      if (node?.range) return this.#at(node.range[0]);
    }
    return this.#at(0);
  }

  placeOfKey(path: Path, key: string): string {
    const map = this.#node(path);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const range = pair && isScalar(pair.key) ? pair.key.range : undefined;
    return range ? this.#at(range[0]) : this.place(path);
  }

  /** The place of a character of a text value. */
  placeWithin(path: Path, offset: number): string {
    const node = this.#node(path);
    if (!isScalar(node) || !node.range) return this.place(path);
    const quote = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0;
    return this.#at(Math.min(node.range[0] + quote + offset, node.range[1]));
  }

  #node(path: Path): Node | undefined {
    return this.#document.getIn(path, true) as Node | undefined;
  }

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#fileName}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }
}

/** `rps: > 100/s` begins a folded text in YAML, and the parser stumbles over what follows the sign. */
function hintOf(before: string, message: string): string {
  const sign = /:[ \t]*(>=?)[ \t]*$/.exec(before)?.[1];
  if (sign) return `a promise that begins with "${sign}" stands in quotes: "${sign} 100"`;
  return `this is not YAML: ${message.replace(/\s+/g, " ").trim()}`;
}
