/** What Node calls a permission that was refused, and what grants it: a flag of Node, a line of the input. */
const grants: Readonly<Record<string, { readonly what: string; readonly line: string | null }>> = {
  ChildProcess: { what: "start a process", line: "allow-child-process" },
  WorkerThreads: { what: "start a thread", line: "allow-worker" },
  Addon: { what: "load a native addon", line: "allow-addons" },
  WASI: { what: "use WASI", line: "allow-wasi" },
  FileSystemRead: { what: "read", line: "allow-fs-read=" },
  FileSystemWrite: { what: "write", line: "allow-fs-write=" },
  Inspector: { what: "use the inspector", line: null },
};

/**
 * What `permissions: locked` refused, and the line that allows it; undefined where something else went wrong. Node
 * names its own flags, which nobody can give here (https://nodejs.org/api/permissions.html). Never throws, though what was
 * thrown may do so when it is read.
 */
export function permissionAdvice(error: unknown): string | undefined {
  try {
    return adviceOn(error);
  } catch {
    return undefined;
  }
}

function adviceOn(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code, permission, resource } = error as { code: unknown; permission?: unknown; resource?: unknown };
  const asked =
    code === "ERR_DLOPEN_DISABLED" ? "Addon" : code === "ERR_ACCESS_DENIED" ? String(permission) : undefined;
  if (asked === undefined) return undefined;
  const grant = grants[asked];
  const named = typeof resource === "string" && resource !== "" && !asked.startsWith("Worker") ? ` ${resource}` : "";
  if (!grant) return `${asked}${named} is refused by \`permissions: locked\``;
  const line = grant.line?.endsWith("=") ? `${grant.line}${named.trim()}` : grant.line;
  const remedy = line === null ? "" : `; to allow it, add the line \`${line}\` below \`locked\``;
  return `\`permissions: locked\` does not let a locustfile ${grant.what}${named}${remedy}`;
}
