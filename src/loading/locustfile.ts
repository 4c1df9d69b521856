import { createHash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { setSourceMapsSupport } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isUserFile, shownPath } from "../base/user-place.ts";
import { within } from "../base/within.ts";
import { type CompiledModule, loadCompiler } from "./compile.ts";
import { endlessAwait } from "./endless-await.ts";
import { jsonModule } from "./json-module.ts";
import { loadLightCompiler } from "./light/light-compiler.ts";
import { explainLoadFailure } from "./load-failure.ts";
import { findLocustfiles } from "./locustfile-find.ts";
import { installHooks } from "./resolve-hooks.ts";
import { LocalResolver } from "./resolve-local.ts";
import { hasModuleSyntax, importsIn, needsCompiler } from "./source-kind.ts";
import { collectClasses, type LoadedClasses } from "./user-classes.ts";

/** A locustfile ready to be loaded, in this thread or (as `workerData`) in another. */
export interface CompiledLocustfile {
  /** `file:` URLs of the locustfiles, in the order given. */
  readonly entries: readonly string[];
  /** JavaScript by URL: the entries and what they import of the user's own. */
  readonly compiled: Map<string, string>;
  /** SHA-256 in hex of every source that was compiled, independent of where the repository lies. */
  readonly hash: string;
  /** Directory that paths in messages are relative to. */
  readonly root: string;
}

/**
 * Finds the locustfiles and compiles them with everything of the user's own they import; runs none of it.
 * @param paths files or directories; empty means the default locustfile of `cwd`
 * @throws GateError, exit code 2: `locustfile-missing`, `locustfile-syntax`, `python-not-yet` …
 */
export async function compileLocustfile(
  paths: readonly string[],
  options: { cwd: string },
): Promise<CompiledLocustfile> {
  // Files are known by their real paths; the directory they are shown from must be one too.
  const root = realpathSync(options.cwd);
  const files = findLocustfiles(paths, { cwd: root });
  const local = new LocalResolver();
  const compiled = new Map<string, string>();
  const sources = new Map<string, string>();
  const queue = [...files];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (sources.has(file) || !isUserFile(file)) continue;
    const code = readFileSync(file, "utf8");
    sources.set(file, code);
    const url = pathToFileURL(file).href;
    try {
      const { js, imports } = await toModule({ file, code, root, local });
      if (js !== undefined) compiled.set(url, js);
      for (const specifier of imports) {
        const found = local.resolve(specifier, url);
        if (found) queue.push(fileURLToPath(found));
      }
    } catch (error) {
      // A file that is only perhaps imported must not stop the run: if it is, loading it tells the same.
      if (files.includes(file)) throw error;
    }
  }
  const entries = files.map((file) => pathToFileURL(file).href);
  return { entries, compiled, hash: hashOf({ sources, root }), root };
}

interface ToCompile {
  readonly file: string;
  readonly code: string;
  readonly root: string;
  readonly local: LocalResolver;
}

/** `js` is undefined where the file is Node's to load as it is (CommonJS). */
async function toModule({
  file,
  code,
  root,
  local,
}: ToCompile): Promise<Partial<CompiledModule> & { imports: readonly string[] }> {
  if (file.endsWith(".json")) return { js: jsonModule({ file, code, root }), imports: [] };
  if (needsCompiler({ file, code })) {
    const source = { file, code, root, legacyDecorators: local.legacyDecorators(file) };
    const compileLightly = await loadLightCompiler();
    return compileLightly(source) ?? (await loadCompiler())(source);
  }
  const imports = importsIn(code);
  const isModule = file.endsWith(".mjs") || (file.endsWith(".js") && hasModuleSyntax(code));
  return isModule ? { js: code, imports } : { imports };
}

function hashOf({ sources, root }: { sources: ReadonlyMap<string, string>; root: string }): string {
  const hash = createHash("sha256");
  for (const [file, code] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${shownPath(file, root)}\0${code.replaceAll("\r\n", "\n")}\0`);
  }
  return hash.digest("hex");
}

/** How long a locustfile's top-level awaits may take, milliseconds. */
const loadLimitMs = 30_000;

/**
 * Runs the locustfiles in this thread and collects the classes they export. Once per thread: the hooks stay, for
 * imports made while the test runs.
 * @param options.engineUrl URL of the module that `import … from "swarmgate"` means: `dist/index.js`, or `src/index.ts`
 * @throws GateError, exit code 2, with the user's own `file:line:column`: `locustfile-import`, `locustfile-throws`,
 * `no-user-class`, `duplicate-user-class` …
 */
export async function loadLocustfile(
  locustfile: CompiledLocustfile,
  options: { readonly engineUrl: string },
): Promise<LoadedClasses> {
  const { entries, compiled, root } = locustfile;
  setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
  const hooks = installHooks({ engineUrl: options.engineUrl, compiled, root });
  const modules: { file: string; exports: Readonly<Record<string, unknown>> }[] = [];
  for (const url of entries) {
    try {
      const loading: Promise<Readonly<Record<string, unknown>>> = import(url);
      const exports = await within(loading, { ms: loadLimitMs, late: () => endlessAwait({ url, compiled, root }) });
      modules.push({ file: fileURLToPath(url), exports });
    } catch (error) {
      throw await explainLoadFailure(error, {
        file: fileURLToPath(url),
        root,
        engineUrl: options.engineUrl,
        failedImport: hooks.failedImport(error),
      });
    }
  }
  return collectClasses(modules, { root });
}
