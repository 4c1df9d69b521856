/** Questions a source text answers without being parsed. A wrong yes costs time, never a wrong result. */

/** Whether this Node reads `using res = …` by itself; 24 does, 22 does not. */
export const knowsUsing: boolean = (() => {
  try {
    new Function("{ using nothing = null; }");
    return true;
  } catch {
    return false;
  }
})();

/** Whether there may be a `using` declaration. */
export function hasUsing(code: string): boolean {
  return /\busing\s+[\p{ID_Start}$_]/u.test(code);
}

/** Whether a file needs the compiler: all TypeScript does, JavaScript if it has decorators or what Node cannot read. */
export function needsCompiler({ file, code }: { file: string; code: string }): boolean {
  if (/\.m?ts$/.test(file)) return true;
  if (!knowsUsing && /\.m?js$/.test(file) && hasUsing(code)) return true;
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

/** Comments blanked out, well enough for the questions above; text in strings may go with them. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^[ \t]*\/\/.*$/gm, "");
}
