import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** The binary named by the environment variable, else the one on the path; undefined if neither is there. */
export function installed(binary: string, variable: string): string | undefined {
  const named = process.env[variable];
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  return spawnSync("which", [binary]).status === 0 ? binary : undefined;
}
