import type { GateConfig } from "../../config/gate-config.ts";
import { camelCase } from "../../user/arguments/argument-definition.ts";
import { type Layer, lookUp } from "./layers.ts";
import { longName, runOptions, takesValue } from "./options.ts";

/** The options as a locustfile sees them in `environment.parsedOptions`: Locust's names in camelCase, seconds. */
export function parsedOptions({ settings }: GateConfig, layers: readonly Layer[]): Record<string, unknown> {
  // Headers may hold secrets, and the requests carry them anyway.
  const told = runOptions.filter(({ setting }) => setting !== "headers");
  const written = told.map((row) => {
    const text = lookUp(layers, longName(row));
    return [camelCase(longName(row)), takesValue(row) ? (text ?? null) : text !== undefined] as const;
  });
  const runTime = settings["run-time"];
  return {
    ...Object.fromEntries(written),
    host: settings.host,
    numUsers: settings.users,
    users: settings.users,
    spawnRate: settings["spawn-rate"],
    runTime: runTime === "forever" ? null : runTime / 1000,
    tags: settings.tags,
    excludeTags: settings["exclude-tags"],
    headless: true,
    stopTimeout: settings["stop-timeout"] / 1000,
    loglevel: lookUp(layers, "loglevel") ?? "INFO",
    csvPrefix: lookUp(layers, "csv") ?? null,
  };
}
