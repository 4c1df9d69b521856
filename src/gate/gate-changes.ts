import type { GateChange, GateConfig } from "../config/gate-config.ts";
import type { SettingName, Settings } from "../config/settings.ts";
import type { Waiver } from "../slo/configuration.ts";
import type { ConfigurationDocument } from "../slo/schema.ts";
import { thresholdsChanged } from "../slo/threshold-changes.ts";
import { waiverSubject } from "../slo/waiver.ts";
import type { ComparisonMetric } from "../verdict/comparison.ts";
import { toleranceOf } from "../verdict/settings.ts";
import { compareSettings } from "./judge.ts";
import { asWritten } from "./results/as-written.ts";

type Kind = GateChange["kind"];

/**
 * What a change of a setting does to the gate. `measured`: another load, or another target, is measured. `more` and
 * `fewer`: the direction of a number that lets more through. `elsewhere`: the value is compared as what it stands for.
 * `reported`: only how and where the outcome is reported, which is no part of the verdict.
 */
type Effect<N extends SettingName> =
  | "measured"
  | "more"
  | "fewer"
  | "elsewhere"
  | "reported"
  | ((before: Settings[N], after: Settings[N]) => Kind);

/** One line for every setting there is; the compiler names one that is missing. */
const effects: { readonly [N in SettingName]: Effect<N> } = {
  name: "measured",
  locustfile: "measured",
  host: "measured",
  "base-host": "measured",
  "base-deployment-environment": "measured",
  "deployment-environment": "measured",
  start: "measured",
  build: "measured",
  stop: "measured",
  url: "measured",
  base: (_, after) => (after === "none" ? "loosened" : "measured"),
  users: "measured",
  "spawn-rate": "measured",
  "run-time": "measured",
  "stop-timeout": "measured",
  requests: "measured",
  "arrival-rate": "measured",
  warmup: "measured",
  threads: "measured",
  interleave: "measured",
  env: "measured",
  tags: "measured",
  "exclude-tags": "measured",
  "user-classes": "measured",
  headers: "measured",
  "wait-for": "measured",
  "wait-for-version": "measured",
  "wait-timeout": "measured",
  "on-no-target": (_, after) => (after === "pass" ? "loosened" : "tightened"),
  seed: "measured",
  slo: "elsewhere",
  compare: (_, after) => (after === "none" ? "loosened" : "measured"),
  "baseline-store": (_, after) => (after === "none" ? "loosened" : "measured"),
  "baseline-path": "measured",
  "baseline-branch": "measured",
  "baseline-runs": "measured",
  "save-baseline": "measured",
  tolerance: "more",
  "min-effect": "more",
  "error-tolerance": "more",
  // More confidence takes more to call a regression.
  confidence: "more",
  // In less time less can be seen.
  "max-duration": "fewer",
  "fail-on": (before, after) => (listed(before).some((one) => !listed(after).includes(one)) ? "loosened" : "tightened"),
  comment: "reported",
  summary: "reported",
  annotations: "reported",
  status: "reported",
  "pr-number": "reported",
  "upload-artifact": "reported",
  "artifact-name": "reported",
  "retention-days": "reported",
  "report-dir": "reported",
  "github-token": "reported",
  "allowed-hosts": (before, after) => (after.some((host) => !before.includes(host)) ? "loosened" : "tightened"),
  "max-users": "more",
  "max-rate": "more",
  "allow-untrusted-locustfile": (_, after) => (after ? "loosened" : "tightened"),
  permissions: (_, after) => (after === null ? "loosened" : "tightened"),
  config: "measured",
  "config-ref": "measured",
  "locustfile-ref": "measured",
  mode: "measured",
  shard: "measured",
  results: "measured",
  "run-id": "measured",
};

/** Keys of the configuration file that are no settings: none may be forgotten here either. */
type Section<K extends "load" | "regression" | "guard"> = keyof NonNullable<ConfigurationDocument[K]>;
type FileKey = keyof ConfigurationDocument | Section<"load"> | Section<"regression"> | Section<"guard">;
type FileOnlyKey = Exclude<FileKey, SettingName | "version" | "load" | "regression" | "guard"> | "slo" | "tolerance";

const fileOnly: { readonly [K in FileOnlyKey]: (before: GateConfig, after: GateConfig) => GateChange[] } = {
  slo: promiseChanges,
  metrics: metricChanges,
  tolerance: toleranceChanges,
  waive: (before, after) => waiverChanges(before.file?.waive ?? [], after.file?.waive ?? []),
};

/**
 * What stands between two gates, each with its defaults filled in: every loosening, every tightening, and every change
 * of what is measured. Loosenings come first.
 */
export function gateChanges(before: GateConfig, after: GateConfig): GateChange[] {
  const names = Object.keys(effects) as SettingName[];
  const changes = [
    ...names.flatMap((name) => settingChange(name, before, after)),
    ...Object.values(fileOnly).flatMap((changesOf) => changesOf(before, after)),
  ];
  const order: readonly Kind[] = ["loosened", "measured", "tightened"];
  return changes.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function settingChange<N extends SettingName>(name: N, before: GateConfig, after: GateConfig): GateChange[] {
  const effect: Effect<N> = effects[name];
  if (effect === "elsewhere" || effect === "reported") return [];
  const [was, now] = [asked(before, name), asked(after, name)];
  if (JSON.stringify(was) === JSON.stringify(now)) return [];
  const kind =
    typeof effect === "function"
      ? effect(was, now)
      : effect === "measured"
        ? effect
        : Number(now) > Number(was) === (effect === "more")
          ? "loosened"
          : "tightened";
  // Values of headers are secrets.
  const text = (value: Settings[N]) => (name === "headers" ? null : asText(name, value));
  return [{ kind, setting: name, before: text(was), after: heldText(text(now), after, name) }];
}

/** The workflow bounds what a file asks for; the wish is shown all the same. */
function heldText(asked: string | null, { held, settings }: GateConfig, name: SettingName): string | null {
  const one = held.find(({ setting }) => setting === name);
  if (asked === null || !one) return asked;
  if (one.setting !== "allowed-hosts") return `${asked}, held at ${asText(one.setting, settings[one.setting])}`;
  return `${asked}, held to ${one.holds === "input" ? "the workflow's" : "the targets"}`;
}

/** What the configuration asks for, whether or not the workflow holds it to less. */
function asked<N extends SettingName>({ settings, held }: GateConfig, name: N): Settings[N] {
  const value = held.find((one) => one.setting === name)?.asked;
  return value === undefined ? settings[name] : (value as Settings[N]);
}

function asText<N extends SettingName>(name: N, value: Settings[N]): string | null {
  const written = asWritten(name, value);
  if (written === null || (Array.isArray(written) && written.length === 0)) return null;
  if (Array.isArray(written)) return written.join(" ");
  return typeof written === "object" ? JSON.stringify(written) : String(written);
}

function listed(value: Settings["fail-on"]): readonly string[] {
  return value === "none" ? [] : value;
}

function promiseChanges(before: GateConfig, after: GateConfig): GateChange[] {
  const kinds = { removed: "loosened", loosened: "loosened", added: "tightened", tightened: "tightened" } as const;
  return thresholdsChanged(before.thresholds, after.thresholds).map((change) => ({
    kind: kinds[change.kind],
    setting: "slo",
    before: change.before,
    after: change.after,
  }));
}

function metricChanges(before: GateConfig, after: GateConfig): GateChange[] {
  const [was, now] = [compareSettings(before).metrics, compareSettings(after).metrics];
  const change = (kind: Kind, metric: string): GateChange => ({
    kind,
    setting: "metrics",
    before: kind === "loosened" ? `${metric} is compared` : null,
    after: kind === "loosened" ? null : `${metric} is compared`,
  });
  return [
    ...was.filter((metric) => !now.includes(metric)).map((metric) => change("loosened", metric)),
    ...now.filter((metric) => !was.includes(metric)).map((metric) => change("tightened", metric)),
  ];
}

/** Tolerances of single metrics; the one of all has its line among the settings. */
function toleranceChanges(before: GateConfig, after: GateConfig): GateChange[] {
  const [was, now] = [compareSettings(before), compareSettings(after)];
  const named = new Set([...Object.keys(was.tolerances), ...Object.keys(now.tolerances)]) as Set<ComparisonMetric>;
  return [...named].flatMap((metric): GateChange[] => {
    const [from, to] = [toleranceOf(was, metric), toleranceOf(now, metric)];
    if (from === to) return [];
    const text = (ratio: number) => `${metric} ${asText("tolerance", ratio)}`;
    return [{ kind: to > from ? "loosened" : "tightened", setting: "tolerance", before: text(from), after: text(to) }];
  });
}

/** A waiver more, or a longer one, lets more through. */
function waiverChanges(before: readonly Waiver[], after: readonly Waiver[]): GateChange[] {
  const key = ({ endpoint, metric }: Waiver) => JSON.stringify([endpoint, metric]);
  const known = new Map(before.map((waiver) => [key(waiver), waiver]));
  const changes: GateChange[] = [];
  for (const waiver of after) {
    const was = known.get(key(waiver));
    known.delete(key(waiver));
    if (was?.until === waiver.until) continue;
    const kind = was && was.until > waiver.until ? "tightened" : "loosened";
    changes.push({ kind, setting: "waive", before: was ? sentence(was) : null, after: sentence(waiver) });
  }
  for (const was of known.values()) {
    changes.push({ kind: "tightened", setting: "waive", before: sentence(was), after: null });
  }
  return changes;
}

function sentence(waiver: Waiver): string {
  return `${waiverSubject(waiver)} until ${waiver.until}`;
}
