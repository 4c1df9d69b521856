import { GateError, messageOf } from "../base/errors.ts";
import { formatPlace, shownPath } from "../base/user-place.ts";

interface JsonFile {
  /** Absolute path. */
  readonly file: string;
  readonly code: string;
  /** Paths in messages are told relative to it. */
  readonly root: string;
}

/**
 * JSON as a module: the whole as default, and each key that can be a name, as bundlers and TypeScript have it.
 * Throws GateError `locustfile-syntax` with the place.
 */
export function jsonModule(source: JsonFile): string {
  const value = parse(source);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const names = isObject ? Object.keys(value).filter((key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== "default") : [];
  const locals = names.map((name, i) => `const _${i} = json[${JSON.stringify(name)}];`).join("\n");
  const exported = names.map((name, i) => `_${i} as ${name}`).join(", ");
  // JSON.parse of a literal is also what V8 reads fastest; `__proto__` stays an ordinary key.
  const literal = JSON.stringify(JSON.stringify(value));
  return `const json = JSON.parse(${literal});\n${locals}\nexport { ${exported} };\nexport default json;\n`;
}

function parse({ file, code, root }: JsonFile): unknown {
  try {
    return JSON.parse(code.replace(/^\uFEFF/, ""));
  } catch (error) {
    const at = /line (\d+) column (\d+)/.exec(messageOf(error));
    const place = at ? formatPlace({ file, line: Number(at[1]), column: Number(at[2]) }, root) : shownPath(file, root);
    throw new GateError("locustfile-syntax", `${place}: not JSON: ${messageOf(error)}`, {
      place,
      hint: "Mend the JSON; comments and trailing commas are not part of it.",
      cause: error,
    });
  }
}
