import { readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createPathsMatcher, findTsconfig, getTsconfig } from "get-tsconfig";
import { permissionAdvice } from "../base/permission-advice.ts";

/** What a locustfile imports us by. */
export const engineName = "swarmgate";

/** In the order tried for an import without extension. */
const extensions = [".ts", ".mts", ".js", ".mjs", ".cts", ".cjs", ".json"];

interface FolderSettings {
  readonly legacyDecorators: boolean;
  /** Files a bare specifier may stand for (`paths`, `baseUrl`), best first. */
  readonly candidates: (specifier: string) => readonly string[];
}

/**
 * Finds what an import of the user's own code means where Node alone would not: without extension, `./folder`,
 * `./x.js` that is `./x.ts` on disk, the `paths` and `baseUrl` of the nearest tsconfig. Reads the disk, once per
 * folder for settings; keeps no other state.
 */
export class LocalResolver {
  readonly #settings = new Map<string, FolderSettings>();
  readonly #tsconfigs = new Map();

  /** Undefined where it is Node's to resolve: built-ins, packages, URLs, files that are not there. */
  resolve(specifier: string, parentUrl: string): string | undefined {
    if (/^\.{0,2}\/|^\.{1,2}$|^file:/.test(specifier)) {
      const url = new URL(specifier, parentUrl);
      const file = findFile(fileURLToPath(url));
      return file && pathToFileURL(file).href + url.search;
    }
    // A tsconfig may say where the editor finds the engine's types; what runs is the engine that runs.
    if (specifier === engineName) return undefined;
    if (isBuiltin(specifier) || /^[a-z]+:|^#/.test(specifier)) return undefined;
    for (const candidate of this.#settingsFor(fileURLToPath(parentUrl)).candidates(specifier)) {
      const file = findFile(candidate);
      if (file) return pathToFileURL(file).href;
    }
    return undefined;
  }

  /** Whether the file's nearest tsconfig asks for decorators called the old way. */
  legacyDecorators(file: string): boolean {
    return this.#settingsFor(file).legacyDecorators;
  }

  #settingsFor(file: string): FolderSettings {
    const folder = dirname(file);
    let settings = this.#settings.get(folder);
    if (!settings) {
      settings = this.#read(folder);
      this.#settings.set(folder, settings);
    }
    return settings;
  }

  #read(folder: string): FolderSettings {
    try {
      const found = getTsconfig(folder, "tsconfig.json", this.#tsconfigs);
      const matcher = found && createPathsMatcher(found);
      return {
        legacyDecorators: found?.config.compilerOptions?.experimentalDecorators === true,
        candidates: matcher ?? (() => []),
      };
    } catch {
      // As a rule it extends a package that is not installed; a locustfile must run without `npm install`.
      const file = tsconfigAbove(folder);
      const legacyDecorators =
        file !== undefined && /"experimentalDecorators"\s*:\s*true/.test(readFileSync(file, "utf8"));
      return { legacyDecorators, candidates: () => [] };
    }
  }
}

function tsconfigAbove(folder: string): string | undefined {
  try {
    return findTsconfig(folder);
  } catch (error) {
    if (permissionAdvice(error) !== undefined) return undefined;
    throw error;
  }
}

/** The file an extensionless or `.js` path stands for; its real path, so that a symbolic link is not a second module. */
export function findFile(path: string): string | undefined {
  for (const candidate of candidatesFor(path)) {
    const file = realFile(candidate);
    if (file) return file;
  }
  return undefined;
}

/** Undefined where there is nothing, and where `permissions: locked` lets nobody look. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (permissionAdvice(error) !== undefined) return undefined;
    throw error;
  }
}

/** The files a path in an import may stand for, best first: itself, `./x.js` that is `./x.ts`, without extension. */
export function candidatesFor(path: string): string[] {
  const asTypeScript = /\.[cm]?js$/.test(path) ? [path.replace(/js$/, "ts")] : [];
  const stems = [path, join(path, "index")];
  return [path, ...asTypeScript, ...stems.flatMap((stem) => extensions.map((extension) => stem + extension))];
}

function realFile(path: string): string | undefined {
  return statOf(path)?.isFile() ? realpathSync(path) : undefined;
}
