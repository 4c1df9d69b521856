import { basename, relative, sep } from "node:path";

/**
 * How the command line is called where it was called now, so that what it prints can be pasted.
 * @param script the file Node was started with, `process.argv[1]`
 */
export function invocationOf(options: {
  readonly script: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): string {
  const { script, directory, env } = options;
  // npm tells its children which of its commands runs them; a package in the project is found by npx as well.
  const inPackage = script.includes(`${sep}node_modules${sep}`);
  if (env.npm_command === "exec" || (inPackage && script.startsWith(directory + sep))) return "npx swarmgate";
  if (inPackage || basename(script) === "swarmgate") return "swarmgate";
  const path = relative(directory, script);
  return `node ${/\s/.test(path) ? JSON.stringify(path) : path}`;
}
