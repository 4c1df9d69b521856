import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { systemReason } from "../base/save-file.ts";
import { nearMiss } from "../config/fields.ts";
import { type Layer, lookUp } from "./options/layers.ts";
import type { Terminal } from "./terminal.ts";

const levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
type Level = (typeof levels)[number];

/** Where the log goes, by `--loglevel` and `--logfile`; the tables and the user's prints are no part of it. */
export interface Log {
  readonly level: Level;
  readonly write: (level: Level, text: string) => void;
}

/** Throws UsageError for a level there is none of. The file is added to, as Locust does. */
export function logFor(layers: readonly Layer[], { directory, error }: Terminal): Log {
  const given = lookUp(layers, "loglevel") ?? "INFO";
  const level = levels.find((each) => each === given.toUpperCase());
  if (!level) {
    const message = `"${given}" is none of ${levels.join(", ")}${nearMiss(given.toUpperCase(), levels)}`;
    throw new UsageError([{ where: spelled(layers, "loglevel"), message }]);
  }
  const file = lookUp(layers, "logfile");
  const put = file === undefined ? error : appender(resolve(directory, file), error);
  return {
    level,
    write: (at, text) => {
      if (levels.indexOf(at) >= levels.indexOf(level)) put(`${text}\n`);
    },
  };
}

/** Adds to the file; once that fails, the log goes on where it can be seen. */
function appender(file: string, error: Terminal["error"]): (text: string) => void {
  let why: string | null = null;
  return (text) => {
    if (why === null) {
      try {
        return appendFileSync(file, text);
      } catch (cause) {
        why = systemReason(cause);
        error(`swarmgate: ${file} cannot be written, so the log goes on here: ${why}\n`);
      }
    }
    error(text);
  };
}

/** How the user wrote an option: `--loglevel`, `LOCUST_LOGLEVEL`, `locust.conf: loglevel`. */
export function spelled(layers: readonly Layer[], name: string): string {
  return layers.find(({ values }) => values.has(name))?.spell(name) ?? `--${name}`;
}
