import { UsageError } from "../base/errors.ts";
import { type GateConfig, gateConfig } from "../config/gate-config.ts";
import { locustDefaults } from "../config/settings.ts";
import type { RunExtras } from "../gate/load.ts";
import type { Configuration } from "../slo/configuration.ts";
import { forgiven } from "./locust-exit.ts";
import { spelled } from "./log.ts";
import { clusterOrder } from "./options/cluster-options.ts";
import { confLayers } from "./options/conf-layers.ts";
import { readConfigUsers } from "./options/config-users.ts";
import { type Layer, layerOfEnvironment, lookUp, optionNames, refuseUnbuilt, settingLayers } from "./options/layers.ts";
import { parsedOptions } from "./options/parsed-options.ts";
import { parseRunArguments } from "./options/run-arguments.ts";
import type { Terminal } from "./terminal.ts";

/** The command line of `run`, read and checked. */
export interface Asked {
  readonly layers: readonly Layer[];
  readonly config: GateConfig;
  readonly extras: RunExtras;
  /** Whether anything was promised or is to be compared: then the gate's exit codes hold. */
  readonly judges: boolean;
}

/** Calibrating measures what a pull request's run would see, so it begins as the action does. */
const calibrateDefaults = { users: "10", "spawn-rate": "10", "run-time": "60s", warmup: "auto" };

/** A search for the capacity measures what a pull request's would, and has a cap to end at. */
const capacityDefaults = { ...calibrateDefaults, "max-users": "1000" };

/** Of two versions both are wanted: one that does not come up leaves nothing to tell. */
const diffDefaults = { ...calibrateDefaults, "fail-on": "slo,regression,invalid,no-base" };

/** The commands that load a target by the options of `run`. */
export type RunMode = "gate" | "diff" | "calibrate" | "capacity";

/** Flags over the environment over the files, all problems told together. */
export async function readCommandLine(
  argv: readonly string[],
  terminal: Terminal,
  mode: RunMode = "gate",
): Promise<Asked> {
  const { flags, words } = parseRunArguments(argv);
  const environment = layerOfEnvironment(terminal.env);
  const files = await confLayers(lookUp([flags, environment], "config"), terminal);
  const layers = [flags, environment, ...files.layers];
  refuseUnbuilt(layers);
  const baseline = lookUp(layers, "baseline") !== undefined;
  const config = gateConfig({
    layers: [
      { values: new Map([["mode", mode === "diff" ? "gate" : mode]]), spell: (name) => name },
      ...settingLayers(layers),
    ],
    file: await configurationAt(files.configuration, terminal),
    defaults: {
      ...locustDefaults,
      ...(mode === "calibrate" && calibrateDefaults),
      ...(mode === "capacity" && capacityDefaults),
      ...(mode === "diff" && diffDefaults),
      ...(baseline && { "baseline-store": "file" }),
    },
    promiseByDefault: mode === "capacity",
  });
  const { start, base } = config.settings;
  const startsTwo = start !== null && base !== "auto" && base !== "none";
  const paired = config.settings["base-host"] !== null || startsTwo || mode === "calibrate";
  const steps = mode === "capacity";
  const judges = steps || config.thresholds.length > 0 || files.configuration !== null || baseline || paired;
  return {
    layers,
    config,
    judges,
    extras: {
      runTimeIncludesRamp: lookUp(layers, "run-time-includes-ramp") !== undefined,
      resetStats: lookUp(layers, "reset-stats") !== undefined,
      iterations: iterationsOf(layers, mode),
      equalWeights: lookUp(layers, "equal-weights") !== undefined,
      configUsers: await readConfigUsers(lookUp(layers, "config-users"), terminal),
      parsedOptions: parsedOptions(config, layers),
      customArguments: { words, conf: files.layers.flatMap(({ others }) => others ?? []), taken: optionNames },
      // Twins are compared in their steady time, steps are judged by it; else every request counts
      // (docs/inputs.md#the-command-lines-defaults).
      countEverything: !paired && !steps,
      forgiven: judges ? new Set() : forgiven,
      anyHost: true,
      cluster: clusterOrder(layers, { mode, given: config.given }),
    },
  };
}

/** `--iterations`. Throws UsageError. */
function iterationsOf(layers: readonly Layer[], mode: RunMode): number | undefined {
  const text = lookUp(layers, "iterations");
  if (text === undefined) return undefined;
  const where = spelled(layers, "iterations");
  if (mode !== "gate") throw new UsageError([{ where, message: `not with ${mode}, which ends by time` }]);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError([{ where, message: `"${text}" is not a whole number from 1 to 999999999` }]);
}

/** What reads YAML is loaded where there is some. */
async function configurationAt(named: string | null, { directory }: Terminal): Promise<Configuration | null> {
  if (named === null) return null;
  const { findConfiguration } = await import("../config/find-configuration.ts");
  return findConfiguration({ directory, named });
}
