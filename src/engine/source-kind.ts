/** Questions a source text answers without being parsed. A wrong yes costs time, never a wrong result. */

/** Whether a file needs the compiler: all TypeScript does, JavaScript if it has decorators. */
export function needsCompiler({ file, code }: { file: string; code: string }): boolean {
  if (/\.m?ts$/.test(file)) return true;
  return /\.m?js$/.test(file) && /(?:^|[{};)*]|\bexport|\bdefault)[ \t]*@[A-Za-z_$(]/m.test(withoutComments(code));
}

/** Whether JavaScript is an ES module by its looks, whatever the nearest package.json says of `.js` files. */
export function hasModuleSyntax(code: string): boolean {
  return /^[ \t]*(?:import\b(?!\s*[.(])|export\b)/m.test(withoutComments(code));
}

/** Modules named in plain JavaScript, by text alone. */
export function importsIn(code: string): string[] {
  const found = code.matchAll(/(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*["']([^"'\n]+)["']/g);
  return [...new Set([...found].map((match) => match[1] as string))];
}

/** JSON as a module: the whole as default, and each key that can be a name, as bundlers and TypeScript have it. */
export function jsonModule(json: string): string {
  const value: unknown = JSON.parse(json.replace(/^\uFEFF/, ""));
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const names = isObject ? Object.keys(value).filter((key) => /^[A-Za-z_$][\w$]*$/.test(key)) : [];
  const locals = names.map((name, i) => `const _${i} = json[${JSON.stringify(name)}];`).join("\n");
  const exported = names.map((name, i) => `_${i} as ${name}`).filter((text) => !text.endsWith(" as default"));
  // JSON.parse of a literal is also what V8 reads fastest; `__proto__` stays an ordinary key.
  const literal = JSON.stringify(JSON.stringify(value));
  return `const json = JSON.parse(${literal});\n${locals}\nexport { ${exported.join(", ")} };\nexport default json;\n`;
}

/** Comments blanked out, well enough for the questions above; text in strings may go with them. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^[ \t]*\/\/.*$/gm, "");
}
