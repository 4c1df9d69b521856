/**
 * Writes `dist/index.d.ts`: every type a locustfile sees, in one file that needs no other. Whoever installs the package
 * may have any compiler from TypeScript 5.4 on, with Node's types or without them, so what those would have to supply
 * is named here in a way that holds either way.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RollupBuild, rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** @returns the text of the declaration file. Throws where a type would still be imported from elsewhere. */
export async function declarations(root: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "swarmgate-declarations-"));
  try {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const project = join(root, "scripts/tsconfig.declarations.json");
    execFileSync(process.execPath, [compiler, "-p", project, "--outDir", folder], { stdio: ["ignore", 2, 2] });
    return selfContained(await inOneFile(join(folder, "src/index.d.ts")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inOneFile(entry: string): Promise<string> {
  let bundle: RollupBuild | undefined;
  try {
    bundle = await rollup({ input: entry, plugins: [dts()], external: /^node:/, onwarn: () => undefined });
    const { output } = await bundle.generate({ format: "es" });
    return output[0].code;
  } finally {
    await bundle?.close();
  }
}

const head = `/**
 * Types of swarmgate: what a locustfile may import. Generated from the sources; do not edit.
 * Wait times are seconds, response times milliseconds.
 */
/// <reference lib="esnext.disposable" />

/** Node's Buffer where Node's types are installed, else the Uint8Array that it is. */
type NodeBuffer = typeof globalThis extends { Buffer: { from(text: string): infer B } } ? B : Uint8Array;
`;

/** An interface of one file that another one adds members to; in one file they simply stand one after the other. */
const augmentation = /^declare module "[^"]+" \{\n([\s\S]*?)^\}\n/gm;

function selfContained(text: string): string {
  const whole = text
    .replaceAll(augmentation, (_, inside: string) => inside.replaceAll(/^ {4}/gm, ""))
    .replaceAll(/(?<![\w.{"'`/] *)\bBuffer\b(?![\w`'])(?=[\s;>,)[\]|}])/g, "NodeBuffer");
  const code = whole.replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const foreign = code.match(/\bimport\b.*|\bNodeJS\.\w+/);
  if (foreign) throw new Error(`a public type needs what a locustfile's author may not have: ${foreign[0]}`);
  return `${head}\n${whole.trim()}\n`;
}
