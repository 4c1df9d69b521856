/**
 * Builds `dist/`: what the action runs and the package ships, with nothing to install beside it.
 * The same sources give the same bytes, on any machine: `check:dist` compares.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = join(root, "dist");

/** Each becomes a file of its own name in dist; what they share goes to chunks beside them. */
const entries: Record<string, string> = {
  main: "src/main.ts",
  cli: "src/cli.ts",
  swarm: "src/swarm.ts",
  thread: "src/engine/thread.ts",
  "thread-process": "src/engine/thread-process.ts",
  index: "src/index.ts",
  shop: "src/demo/shop-main.ts",
  // piscina starts this file in every thread and looks for it beside its own chunk, by this name.
  worker: "node_modules/piscina/dist/worker.js",
};

/** CommonJS packages inside an ES module bundle still ask for these. */
const banner = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  'import { dirname as __dirnameOf } from "node:path";',
  "const require = __createRequire(import.meta.url);",
  "const __bundledFile = __fileURLToPath(import.meta.url);",
  "const __bundledFolder = __dirnameOf(__bundledFile);",
].join("");

/** A notice of its own, not a sentence of a licence that speaks of copyright. */
const copyright = /^\s*(Portions )?[Cc]opyright (\([cC]\)|©|\d|[A-Z])/;

rmSync(outdir, { recursive: true, force: true });
const present = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(root, file))));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: present,
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  external: ["@napi-rs/nice"],
  alias: { browserslist: "./scripts/no-browserslist.mjs" },
  banner: { js: banner },
  define: {
    __SWARMGATE_VERSION__: JSON.stringify(version),
    // By other names than their own: some ES modules in here declare these themselves, and the banner would clash.
    __filename: "__bundledFile",
    __dirname: "__bundledFolder",
  },
  chunkNames: "chunk-[hash]",
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
});

writeFileSync(join(outdir, "package.json"), `${JSON.stringify({ type: "module" })}\n`);
for (const [from, to] of [["examples/shop/locustfile.ts", "demo/locustfile.ts"]] as const) {
  if (!existsSync(join(root, from))) continue;
  mkdirSync(dirname(join(outdir, to)), { recursive: true });
  copyFileSync(join(root, from), join(outdir, to));
}
writeFileSync(join(outdir, "licenses.txt"), licences(metafile));
const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
console.log(`dist: ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB`);

/** The licence of every package whose code is in the bundle; a text that many packages share stands there once. */
function licences({ inputs }: Metafile): string {
  const folders = new Set<string>();
  for (const input of Object.keys(inputs)) {
    const at = input.lastIndexOf("node_modules/");
    if (at < 0) continue;
    const [scope = "", name = ""] = input.slice(at + "node_modules/".length).split("/");
    folders.add(join(input.slice(0, at), "node_modules", scope.startsWith("@") ? `${scope}/${name}` : scope));
  }
  /** By the words of a licence: its text, and the packages under it, each with its copyright lines. */
  const shared = new Map<string, { body: string; holders: Set<string> }>();
  for (const folder of folders) {
    const { title, text } = licenceOf(folder);
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

function licenceOf(folder: string): { title: string; text: string } {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "LICENCE", "License", "LICENSE-MIT"]
    .map((name) => join(root, folder, name))
    .find((path) => existsSync(path));
  const text = file ? readFileSync(file, "utf8").replaceAll("\r\n", "\n") : "The package ships no licence file.";
  return { title: `${manifest.name} ${manifest.version} (${manifest.license ?? "see package"})`, text };
}
