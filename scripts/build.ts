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
import { build } from "esbuild";
import { declarations } from "./declarations.ts";
import { licences } from "./licences.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = join(root, "dist");

/** Each becomes a file of its own name in dist; what they share goes to chunks beside them. */
const entries: Record<string, string> = {
  main: "src/main.ts",
  cli: "src/cli.ts",
  swarm: "src/swarm.ts",
  thread: "src/engine/worker/thread.ts",
  "thread-process": "src/engine/worker/thread-process.ts",
  index: "src/index.ts",
  shop: "src/demo/shop-main.ts",
  post: "src/post.ts",
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
  // The oldest that runs it (src/door/required-node.ts): `using` becomes what that one reads.
  target: "node22.19",
  external: ["@napi-rs/nice"],
  alias: { browserslist: "./scripts/no-browserslist.mjs", "unzip-stream": "./scripts/no-unzip-stream.mjs" },
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
// The second is for authors whose package.json says nothing of modules: their compiler takes a locustfile for CommonJS.
const types = await declarations(root);
for (const name of ["index.d.ts", "index.d.cts"]) writeFileSync(join(outdir, name), types);
writeFileSync(join(outdir, "licenses.txt"), licences(root, metafile));
const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
console.log(`dist: ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB`);
