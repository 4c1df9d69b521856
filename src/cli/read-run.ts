import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GateError, UsageError } from "../base/errors.ts";
import { findConfiguration } from "../config/find-configuration.ts";
import { type GateConfig, gateConfig } from "../config/gate-config.ts";
import { locustDefaults } from "../config/settings.ts";
import { refuseUnbuilt } from "../config/unbuilt.ts";
import type { RunExtras } from "../gate/load.ts";
import { parseConf, parseTomlConf } from "./conf-file.ts";
import {
  type Layer,
  layerOfConf,
  layerOfEnvironment,
  lookUp,
  refuseUnbuilt as refuseUnbuiltOptions,
  settingLayers,
} from "./layers.ts";
import { parseRunArguments } from "./run-arguments.ts";

/** What the command line has of the world. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly home: string;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Width of the terminal that `error` writes to; null where it is none. */
  readonly columns: number | null;
}

/** The command line of `run`, read and checked. */
export interface Asked {
  readonly layers: readonly Layer[];
  readonly config: GateConfig;
  readonly extras: RunExtras;
  /** Whether anything was promised or is to be compared: then the gate's exit codes hold. */
  readonly judges: boolean;
}

/** Flags over the environment over the files, all problems told together. */
export async function readCommandLine(argv: readonly string[], terminal: Terminal): Promise<Asked> {
  const { flags, userClasses, unknown } = parseRunArguments(argv);
  const environment = layerOfEnvironment(terminal.env);
  const files = await confLayers(lookUp([flags, environment], "config"), terminal);
  const layers = [flags, environment, ...files.layers];
  refuseUnbuiltOptions(layers);
  const settings = settingLayers(layers);
  if (userClasses.length > 0) {
    settings.unshift({
      values: new Map([["user-classes", userClasses.join(" ")]]),
      spell: () => "UserClass",
    });
  }
  const baseline = lookUp(layers, "baseline") !== undefined;
  const config = gateConfig({
    layers: settings,
    file:
      files.configuration === null
        ? null
        : findConfiguration({ directory: terminal.directory, named: files.configuration }),
    defaults: { ...locustDefaults, ...(baseline && { "baseline-store": "file" }) },
    promiseByDefault: false,
  });
  for (const notice of refuseUnbuilt(config)) terminal.error(`swarmgate: ${notice}\n`);
  const judges = config.thresholds.length > 0 || files.configuration !== null || baseline;
  return {
    layers,
    config,
    judges,
    extras: {
      runTimeIncludesRamp: lookUp(layers, "run-time-includes-ramp") !== undefined,
      resetStats: lookUp(layers, "reset-stats") !== undefined,
      equalWeights: lookUp(layers, "equal-weights") !== undefined,
      configUsers: await readConfigUsers(lookUp(layers, "config-users"), terminal),
      parsedOptions: parsedOptions(config, layers),
      customArguments: unknown,
      countEverything: true,
      anyHost: true,
    },
  };
}

/** Locust's order, later wins: home, directory, pyproject, `--config`; so the last file comes first here. */
async function confLayers(
  named: string | undefined,
  { directory, home }: Terminal,
): Promise<{ layers: Layer[]; configuration: string | null }> {
  const isOurs = named !== undefined && /\.ya?ml$/i.test(named);
  const candidates = [
    ...(named !== undefined && !isOurs ? [{ path: resolve(directory, named), must: true }] : []),
    { path: join(directory, "pyproject.toml"), must: false },
    { path: join(directory, "locust.conf"), must: false },
    { path: join(home, ".locust.conf"), must: false },
  ];
  const layers: Layer[] = [];
  for (const { path, must } of candidates) {
    if (!existsSync(path)) {
      if (must)
        throw new GateError("config-missing", `there is no configuration file at ${named}`, {
          hint: "--config takes a path",
        });
      continue;
    }
    const text = await readFile(path, "utf8");
    const source = path.startsWith(directory) ? path.slice(directory.length + 1) : path;
    layers.push(layerOfConf(path.endsWith(".toml") ? parseTomlConf(text, source) : parseConf(text, source), source));
  }
  return { layers, configuration: isOurs ? named : null };
}

/** `--config-users`: JSON texts or files, each an object or a list of them, in Locust's snake_case. */
async function readConfigUsers(text: string | undefined, { directory }: Terminal): Promise<RunExtras["configUsers"]> {
  if (text === undefined) return [];
  const out: RunExtras["configUsers"][number][] = [];
  for (const item of text.split("\n")) {
    const isFile = !/^\s*[[{]/.test(item);
    let value: unknown;
    try {
      value = JSON.parse(isFile ? await readFile(resolve(directory, item), "utf8") : item);
    } catch (cause) {
      throw new UsageError([
        {
          where: "--config-users",
          message: `"${item.slice(0, 60)}" is neither JSON nor a file of it (${cause instanceof Error ? cause.message : cause})`,
        },
      ]);
    }
    for (const entry of Array.isArray(value) ? value : [value]) {
      const { user_class_name: name, ...attributes } = entry as Record<string, unknown>;
      if (typeof name !== "string") {
        throw new UsageError([{ where: "--config-users", message: 'an entry has no "user_class_name"' }]);
      }
      const camel = Object.entries(attributes).map(([key, each]) => [
        key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        each,
      ]);
      out.push({ userClassName: name, ...Object.fromEntries(camel) });
    }
  }
  return out;
}

/** The options as a locustfile sees them: Locust's names in camelCase. */
function parsedOptions({ settings }: GateConfig, layers: readonly Layer[]): Record<string, unknown> {
  const runTime = settings["run-time"];
  return {
    host: settings.host,
    numUsers: settings.users,
    spawnRate: settings["spawn-rate"],
    runTime: runTime === "forever" ? null : runTime / 1000,
    tags: settings.tags,
    excludeTags: settings["exclude-tags"],
    headless: true,
    stopTimeout: settings["stop-timeout"] / 1000,
    loglevel: lookUp(layers, "loglevel") ?? "INFO",
    resetStats: lookUp(layers, "reset-stats") !== undefined,
    csvPrefix: lookUp(layers, "csv") ?? null,
  };
}
