import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { GateError } from "../base/errors.ts";
import { type Configuration, parseConfiguration } from "../slo/configuration.ts";

/** Where the action looks when `config` says nothing. */
export const defaultConfiguration = ".github/swarmgate.yml";

/**
 * Reads the configuration file. A file the user named must be there; the default one may be missing.
 * @param named the setting `config`; null where nobody said
 */
export function findConfiguration({
  directory,
  named,
}: {
  directory: string;
  named: string | null;
}): Configuration | null {
  const path = resolve(directory, named ?? defaultConfiguration);
  if (!existsSync(path)) {
    if (named === null) return null;
    throw new GateError("config-missing", `there is no configuration file at ${named}`, {
      place: named,
      hint: `paths are relative to the repository; without the setting, ${defaultConfiguration} is read if it is there`,
    });
  }
  return parseConfiguration(readFileSync(path, "utf8"), named ?? defaultConfiguration);
}
