import { readdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { LockedPermissions } from "../../config/permissions.ts";

/** What a locked load process has to reach to do its work. */
export interface Reach {
  /** The file it starts with. */
  readonly entry: string;
  /** Where locustfiles are looked for: the workspace. */
  readonly directory: string;
  /** The checkout, where locustfiles stand elsewhere: its installed packages are theirs. */
  readonly checkout?: string;
  readonly locustfiles: readonly string[];
  /** Where `result.json` goes, and nothing else of it. */
  readonly resultPath: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Node's flags for a load process that may read its own code, the workspace and what the run needs, write its result,
 * and do nothing else but talk to the network: no process, no thread, no addon, no runner's command file. The
 * workspace's `.git` is left out: that is where a checkout keeps the job's token.
 */
export function permissionFlags({ grants }: LockedPermissions, reach: Reach): string[] {
  const { entry, directory, locustfiles, resultPath, environment, checkout = directory } = reach;
  // Run from its sources, its parts lie in neighbouring folders, and its packages above those.
  const code = entry.endsWith(".ts") ? resolve(dirname(entry), "..") : dirname(entry);
  const named = locustfiles.map((path) => resolve(directory, path)).filter((path) => !within(path, directory));
  const reads = [
    ...(entry.endsWith(".ts") ? [join(code, "src"), join(code, "node_modules"), join(code, "package.json")] : [code]),
    ...[...new Set([directory, checkout])].flatMap(entriesOf).filter((path) => !path.endsWith("/.git")),
    ...named.map(dirname),
    ...ancestors(directory).flatMap((folder) =>
      ["node_modules", "package.json", "tsconfig.json"].map((name) => join(folder, name)),
    ),
    "/proc/stat",
    ...(environment.NODE_EXTRA_CA_CERTS ? [environment.NODE_EXTRA_CA_CERTS] : []),
  ];
  return [
    "--permission",
    // How a process that is stuck says where: it has no inspector.
    "--trace-sigint",
    ...[...new Set(reads)].map((path) => `--allow-fs-read=${path}`),
    `--allow-fs-write=${resultPath}`,
    ...grants.map((grant) => `--${grant.replace(/=(.*)$/, (_all, path: string) => `=${resolve(directory, path)}`)}`),
  ];
}

function within(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

function ancestors(directory: string): string[] {
  const above = dirname(directory);
  return above === directory ? [directory] : [directory, ...ancestors(above)];
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((name) => {
      const path = join(directory, name);
      // Packages are known by their real paths, and may be linked from elsewhere.
      return name === "node_modules" ? [path, realpathSync(path)] : [path];
    });
  } catch {
    return [];
  }
}
