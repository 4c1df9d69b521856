/**
 * Imports nothing and uses only what every Node since 14 reads: where it refuses, nothing else of the program could
 * have been loaded.
 */

/**
 * The oldest Node that can run swarmgate. `module.registerHooks`, by which locustfiles are loaded, came with 22.15; undici,
 * which speaks HTTP/2 and through proxies, needs 22.19.
 */
const requiredNode = { major: 22, minor: 19 };

/**
 * One sentence and the remedy if this Node is too old; undefined if it will do.
 * @param found as in `process.versions.node`: `20.20.2`
 * @param where the program that was found, `process.execPath`
 */
export function nodeProblem(found: string, where: string): string | undefined {
  const [major = 0, minor = 0] = found.split(".").map(Number);
  if (major > requiredNode.major || (major === requiredNode.major && minor >= requiredNode.minor)) return undefined;
  return (
    `swarmgate needs Node.js ${requiredNode.major}.${requiredNode.minor} or newer; this is Node.js ${found} (${where}).\n` +
    "  Install Node.js 24 from https://nodejs.org, by `nvm install 24`, or in a workflow by actions/setup-node " +
    "with `node-version: 24`.\n"
  );
}
