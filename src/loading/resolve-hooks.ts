import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { isUserFile } from "../base/user-place.ts";
import { loadedCompiler } from "./compile.ts";
import { jsonModule } from "./json-module.ts";
import { engineName, LocalResolver } from "./resolve-local.ts";
import { hasModuleSyntax } from "./source-kind.ts";

export interface HookOptions {
  /** What `import … from "swarmgate"` means, from wherever it is imported: one engine for all. */
  readonly engineUrl: string;
  /** JavaScript by URL. What is compiled on the way is added, so that worker threads need no compiler. */
  readonly compiled: Map<string, string>;
  /** Paths in messages are told relative to it. */
  readonly root: string;
}

/** An import that Node could not resolve, and who asked. */
export interface FailedImport {
  readonly specifier: string;
  readonly parentUrl: string;
}

export interface InstalledHooks {
  /** Why an import failed, if `error` is what the user's own import threw. */
  failedImport(error: unknown): FailedImport | undefined;
  uninstall(): void;
}

/**
 * Teaches this thread's module loader to read locustfiles. Threads do not inherit it: each installs its own.
 * Packages (`node_modules`) are left alone but for the name `swarmgate`.
 */
export function installHooks(options: HookOptions): InstalledHooks {
  const { engineUrl, compiled } = options;
  const local = new LocalResolver();
  const failures = new WeakMap<object, FailedImport>();
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === engineName) return { url: engineUrl, shortCircuit: true };
      const parentUrl = context.parentURL;
      if (parentUrl === undefined || !isUserUrl(parentUrl)) return nextResolve(specifier, context);
      const url = local.resolve(specifier, parentUrl);
      if (url !== undefined) return { url, shortCircuit: true };
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (error instanceof Error) failures.set(error, { specifier, parentUrl });
        throw error;
      }
    },
    load(url, context, nextLoad) {
      const plain = url.replace(/[?#].*$/, "");
      if (plain === engineUrl || !isUserUrl(plain)) return nextLoad(url, context);
      // Worker threads have no compiler: from what only they import, by a name made up while running, Node strips types.
      const isBare = /\.m?ts$/.test(plain) && !compiled.has(plain) && !loadedCompiler();
      if (isBare) return nextLoad(url, { ...context, format: "module-typescript" });
      const source = sourceOf(plain, context.conditions);
      if (source === undefined) return nextLoad(url, context);
      return { format: "module", source, shortCircuit: true };
    },
  });

  function sourceOf(url: string, conditions: readonly string[]): string | undefined {
    const isJson = url.endsWith(".json");
    if (isJson && !conditions.includes("import")) return undefined;
    const known = compiled.get(url);
    if (known !== undefined || !/\.(?:[m]?[jt]s|json)$/.test(url)) return known;
    const file = fileURLToPath(url);
    const code = readFileSync(file, "utf8");
    const js = isJson ? jsonModule({ file, code, root: options.root }) : toModule({ file, code });
    if (js !== undefined) compiled.set(url, js);
    return js;
  }

  function toModule({ file, code }: { file: string; code: string }): string | undefined {
    if (!/\.m?ts$/.test(file)) return hasModuleSyntax(code) ? code : undefined;
    const compile = loadedCompiler();
    if (!compile) return undefined;
    return compile({ file, code, legacyDecorators: local.legacyDecorators(file), root: options.root }).js;
  }

  return {
    failedImport: (error) => (error instanceof Error ? failures.get(error) : undefined),
    uninstall: () => hooks.deregister(),
  };
}

function isUserUrl(url: string): boolean {
  return url.startsWith("file:") && isUserFile(fileURLToPath(url));
}
