import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { GateError, messageOf } from "../base/errors.ts";
import { readRegularFile } from "../base/regular-file.ts";
import { type Configuration, largestConfiguration, parseConfiguration } from "../slo/configuration.ts";

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
  return parseConfiguration(textOf(path, named ?? defaultConfiguration), named ?? defaultConfiguration);
}

/** Whoever opens a pull request chooses what stands there: a link to a device as well. */
function textOf(path: string, name: string): string {
  try {
    return readRegularFile(path, { limitBytes: largestConfiguration });
  } catch (error) {
    throw new GateError("config-unreadable", `the configuration ${name} cannot be read: ${messageOf(error)}`, {
      place: name,
      hint: "it is a YAML file of at most 256 KiB",
    });
  }
}
