import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { nearMiss } from "../config/fields.ts";
import { type Layer, lookUp } from "./layers.ts";
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
  const put = file === undefined ? error : (text: string) => appendFileSync(resolve(directory, file), text);
  return {
    level,
    write: (at, text) => {
      if (levels.indexOf(at) >= levels.indexOf(level)) put(`${text}\n`);
    },
  };
}

/** How the user wrote an option: `--loglevel`, `LOCUST_LOGLEVEL`, `locust.conf: loglevel`. */
export function spelled(layers: readonly Layer[], name: string): string {
  return layers.find(({ values }) => values.has(name))?.spell(name) ?? `--${name}`;
}
