import type { Problem } from "../base/errors.ts";
import { shortestSecret } from "../base/redact.ts";
import { AllowedHosts } from "../engine/limits/allowed-hosts.ts";
import type { Configuration } from "../slo/configuration.ts";
import { parseThresholds, type Threshold } from "../slo/threshold/threshold.ts";
import { bareTargets, secretsIn, shortPasswords, type TargetUserinfo } from "./bare-targets.ts";
import { type HeldSetting, heldGuards } from "./held-guards.ts";
import { settingsForMode } from "./mode-settings.ts";
import { Problems } from "./problems.ts";
import { type RawSettings, readSettings } from "./read-settings.ts";
import type { SettingName, Settings } from "./settings.ts";
import { startProblems } from "./start-problems.ts";

/** Everything a run was asked to do, read and checked. Nothing below looks at inputs, flags or files again. */
export interface GateConfig {
  readonly settings: Settings;
  /** What the user said, as opposed to defaults. */
  readonly given: ReadonlySet<SettingName>;
  readonly thresholds: readonly Threshold[];
  /** `.github/swarmgate.yml`, where there is one. */
  readonly file: Configuration | null;
  /** What that file asked for in vain: the workflow's guards bound it. */
  readonly held: readonly HeldSetting[];
  /** User names and passwords that were written into the targets' URLs; the settings have the URLs without them. */
  readonly userinfo: TargetUserinfo;
  /** Values never to be written down. */
  readonly secrets: readonly string[];
  /** Things to say once before the run. */
  readonly notices: readonly string[];
}

/** One thing a pull request changes about the gate that is to judge it. */
export interface GateChange {
  /** `measured`: something else is measured, which is neither stricter nor laxer. */
  readonly kind: "loosened" | "tightened" | "measured";
  /** The setting or key, as the configuration file spells it; `locustfile` and `workflow` also for what is in them. */
  readonly setting: string;
  /** As people write it; null where there was nothing, or where it is a secret. */
  readonly before: string | null;
  readonly after: string | null;
}

/** `slo` where nothing is promised anywhere (docs/thresholds.md#how-a-threshold-is-judged). */
const defaultPromise = "errors < 1%";

/**
 * Puts the layers together: inputs or flags, then the configuration file, then the defaults. Throws one UsageError
 * with every problem found.
 */
export function gateConfig({
  layers,
  file,
  defaults,
  promiseByDefault,
  fileMayRaise = true,
  secrets = [],
}: {
  layers: readonly RawSettings[];
  file: Configuration | null;
  defaults: Partial<Record<SettingName, string>>;
  promiseByDefault: boolean;
  /** Whether the file's caps and hosts count like any other setting; false where a stranger may have written it. */
  fileMayRaise?: boolean;
  secrets?: readonly string[];
}): GateConfig {
  const problems = new Problems();
  const read = problems.attempt(() => readSettings(file ? [...layers, fileLayer(file)] : layers, defaults));
  const sloLayer = layers.find(({ values }) => (values.get("slo") ?? "").trim() !== "");
  const promised = parseThresholds(sloLayer?.values.get("slo") ?? "", sloLayer?.spell("slo") ?? "slo");
  problems.add(...promised.problems);
  problems.throwAny();
  const { settings: asRead, given } = read as NonNullable<typeof read>;
  const guards =
    file === null || fileMayRaise ? { settings: {}, held: [], notices: [] } : guardsOf({ layers, file, defaults });
  const { targets, userinfo } = bareTargets(asRead);
  const settings = settingsForMode({ ...asRead, ...guards.settings, ...targets }, given);
  problems.add(...contradictions(settings, { given, held: guards.held }));
  problems.throwAny();
  let thresholds = [...(file?.thresholds ?? []), ...promised.thresholds];
  if (thresholds.length === 0 && promiseByDefault) {
    thresholds = [...parseThresholds(defaultPromise, "default").thresholds];
  }
  // A share of the load keeps no promise and breaks none: the whole is judged where it is added up.
  if (settings.shard !== null) thresholds = [];
  const short = settings.headers.filter(([, value]) => value.length > 0 && value.length < shortestSecret);
  return {
    settings,
    given,
    thresholds,
    file,
    held: guards.held,
    userinfo,
    secrets: [
      ...[...secrets, ...settings.headers.map(([, value]) => value)].filter((s) => s.length >= shortestSecret),
      ...secretsIn(userinfo),
    ],
    notices: [
      ...guards.notices,
      ...shortPasswords(userinfo),
      ...short.map(
        ([name]) => `headers: the value of ${name} is shorter than ${shortestSecret} characters and is not masked`,
      ),
    ],
  };
}

/**
 * The same with targets that were found only now (by their deployments), held to the same rules as those that were
 * written down.
 */
export function aimedAt(
  config: GateConfig,
  targets: { readonly [N in "host" | "base-host" | "interleave"]?: Settings[N] },
): GateConfig {
  const bare = bareTargets({ ...config.settings, ...targets });
  const settings = { ...config.settings, ...targets, ...bare.targets };
  const userinfo = {
    host: bare.userinfo.host ?? config.userinfo.host,
    "base-host": bare.userinfo["base-host"] ?? config.userinfo["base-host"],
  };
  const problems = new Problems();
  problems.add(...contradictions(settings, config));
  problems.throwAny();
  return { ...config, settings, userinfo, secrets: [...new Set([...config.secrets, ...secretsIn(userinfo)])] };
}

function fileLayer({ settings, fileName }: Configuration): RawSettings {
  return {
    values: new Map([...settings].map(([name, { text }]) => [name, text])),
    spell: (name) => `${settings.get(name)?.place ?? fileName} ${name}`,
  };
}

function guardsOf({
  layers,
  file,
  defaults,
}: {
  layers: readonly RawSettings[];
  file: Configuration;
  defaults: Partial<Record<SettingName, string>>;
}) {
  const workflow = readSettings(layers, defaults);
  const own = readSettings([fileLayer(file)]);
  const asked = <N extends SettingName>(name: N) => (own.given.has(name) ? own.settings[name] : null);
  return heldGuards({
    workflow: workflow.settings,
    workflowNames: (setting) => workflow.given.has(setting),
    file: {
      "max-users": asked("max-users"),
      "max-rate": asked("max-rate"),
      "allowed-hosts": asked("allowed-hosts"),
    },
  });
}

/** Settings that are fine one by one and cannot be meant together. */
function contradictions(settings: Settings, { given, held }: Pick<GateConfig, "given" | "held">): Problem[] {
  const problems: Problem[] = [];
  const say = (where: string, message: string) => problems.push({ where, message });
  const calibrates = settings.mode === "calibrate";
  const twins = settings["base-host"] === null && !calibrates ? 1 : 2;
  if (calibrates && settings.host === null && !settings["deployment-environment"]) {
    say("host", "is missing: calibrating compares the target with itself");
  }
  if (settings.users * twins > settings["max-users"]) {
    const asked = twins === 1 ? `${settings.users}` : `${settings.users} with a twin each`;
    const where = held.some(({ setting }) => setting === "max-users") ? " in the workflow, as only it can" : "";
    say("users", `${asked} is above max-users (${settings["max-users"]}); raise max-users${where} if that is meant`);
  }
  if (settings["base-host"] !== null) {
    const python = settings.locustfile.find((path) => /\.py$/.test(path));
    if (python) {
      say("base-host", `${python} cannot be run side by side: only locustfiles in TypeScript or JavaScript have twins`);
    }
    if (settings.compare === "baseline" || settings.compare === "none") {
      say("compare", `${settings.compare} leaves base-host without a purpose; leave one of the two out`);
    }
  }
  problems.push(...startProblems(settings, given));
  if (
    settings.compare === "side-by-side" &&
    !settings["base-host"] &&
    !settings["base-deployment-environment"] &&
    settings.start === null
  ) {
    say(
      "compare",
      "side-by-side needs start, which starts both versions, or base-host (or base-deployment-environment): the URL of the version to compare with",
    );
  }
  if (settings.compare === "baseline" && settings["baseline-store"] === "none") {
    say("compare", "baseline needs a baseline-store other than none");
  }
  if (settings.host !== null && settings.host === settings["base-host"] && !calibrates) {
    say(
      "base-host",
      "is the same as host: a version cannot be compared with itself (mode: calibrate does that on purpose)",
    );
  }
  if (settings.mode === "capacity") {
    for (const name of ["base-host", "base-deployment-environment"] as const) {
      if (settings[name] !== null) say(name, "has no purpose here: a search for the capacity loads one version");
    }
    if (settings.compare === "side-by-side")
      say("compare", "a capacity is compared with stored ones, not side by side");
    if (settings.requests !== null) say("requests", "steps of a search end by time; leave it out");
    if (settings["run-time"] === "forever") say("run-time", "is the length of a step here: write it as 15s");
    const start = settings["arrival-rate"];
    if (start !== null && start > settings["max-rate"])
      say("arrival-rate", `is above max-rate (${settings["max-rate"]}/s)`);
  }
  if (settings.interleave === "seconds" && settings["arrival-rate"] !== null) {
    say("interleave", "seconds leaves nobody to start iterations at even distances; leave arrival-rate out");
  }
  const { shard, results } = settings;
  if (settings.mode === "merge" && results.length === 0) {
    say("results", "is missing: mode: merge adds up the result files of other jobs");
  }
  if (results.length > 0 && !["gate", "merge", "baseline"].includes(settings.mode)) {
    say("results", `has no purpose with mode: ${settings.mode}, which measures for itself`);
  }
  if (shard !== null && results.length > 0) say("shard", "is for a job that loads; results are of jobs that have");
  if (shard !== null && settings.mode !== "gate") say("shard", `cannot be had with mode: ${settings.mode}`);
  if (shard !== null && settings.users < shard.of) {
    say("shard", `there are more shards (${shard.of}) than users (${settings.users})`);
  }
  const guard = new AllowedHosts(given.has("allowed-hosts") ? settings["allowed-hosts"] : null);
  for (const name of ["host", "base-host"] as const) {
    const forbidden = settings[name] === null ? undefined : guard.forbids(new URL(settings[name]));
    if (forbidden) say(name, `${forbidden} (allowed-hosts: ${settings["allowed-hosts"].join(" ") || "any"})`);
  }
  return problems;
}
