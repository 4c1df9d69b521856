import { type Problem, UsageError } from "../../base/errors.ts";
import type { RawSettings } from "../../config/read-settings.ts";
import type { SettingName } from "../../config/settings.ts";
import type { ConfEntries } from "./conf-file.ts";
import { longName, runOptions, takesValue } from "./options.ts";

/** What one source (flags, environment, a file) says about the options of `run`. */
export interface Layer {
  /** Keys of a file that are no options of ours: perhaps the locustfile's. */
  readonly others?: readonly { readonly key: string; readonly values: readonly string[]; readonly source: string }[];
  /** By long name; a flag is `"true"`, a list its items joined by line ends. */
  readonly values: ReadonlyMap<string, string>;
  readonly spell: (name: string) => string;
}

const rowsByName = new Map(runOptions.map((row) => [longName(row), row] as const));

/** What commander found on the command line, by its camelCase names. */
export function layerOfFlags(parsed: Readonly<Record<string, unknown>>): Layer {
  const values = new Map<string, string>();
  for (const row of runOptions) {
    const name = longName(row);
    const value = parsed[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (value === undefined) continue;
    values.set(name, Array.isArray(value) ? value.join("\n") : String(value));
  }
  return { values, spell: (name) => `--${name}` };
}

/** The `LOCUST_*` variables. A flag's variable is on unless it says `false`, `0` or `no`. */
export function layerOfEnvironment(env: Readonly<Record<string, string | undefined>>): Layer {
  const values = new Map<string, string>();
  for (const row of runOptions) {
    const text = row.env ? env[row.env] : undefined;
    if (text === undefined || text === "") continue;
    if (takesValue(row)) values.set(longName(row), text);
    else if (!/^(false|0|no)$/i.test(text)) values.set(longName(row), "true");
  }
  return { values, spell: (name) => rowsByName.get(name)?.env ?? name };
}

/** A configuration file. Unknown keys are left for the locustfile's own arguments. */
export function layerOfConf(entries: ConfEntries, source: string): Layer {
  const values = new Map<string, string>();
  const others: { key: string; values: readonly string[]; source: string }[] = [];
  for (const [key, value] of entries) {
    const row = rowsByName.get(key);
    // What a pull request brings along does not say what its code may do.
    if (!row || row.setting === "permissions") {
      others.push({ key, values: typeof value === "string" ? [value] : value, source });
      continue;
    }
    const text = typeof value === "string" ? value : value.join("\n");
    if (takesValue(row)) values.set(key, text);
    else if (!/^(false|0|no)$/i.test(text)) values.set(key, "true");
  }
  return { values, others, spell: (name) => `${source}: ${name}` };
}

/** The first layer that says something about `name`. */
export function lookUp(layers: readonly Layer[], name: string): string | undefined {
  return layers.find(({ values }) => values.has(name))?.values.get(name);
}

/** The layers as settings, for `readSettings`: options that are settings, under the settings' names. */
export function settingLayers(layers: readonly Layer[]): RawSettings[] {
  return layers.map(({ values, spell }) => {
    const renamed = new Map<string, string>();
    const spelled = new Map<string, string>();
    for (const [name, text] of values) {
      const row = rowsByName.get(name);
      if (!row?.setting || renamed.has(row.setting)) continue;
      renamed.set(row.setting, textFor(row.setting, text));
      spelled.set(row.setting, spell(name));
    }
    return { values: renamed, spell: (setting) => spelled.get(setting) ?? setting };
  });
}

/** Locust's ways to write a setting: `--processes -1` is one per core, `-f a.ts,b.ts` are two files. */
function textFor(setting: SettingName, text: string): string {
  if (setting === "threads" && text.trim() === "-1") return "auto";
  return setting === "locustfile" ? text.replaceAll(",", "\n") : text;
}

/** Refuses what Locust has and we have not yet: nothing is silently ignored. */
export function refuseUnbuilt(layers: readonly Layer[]): void {
  const problems: Problem[] = [];
  for (const row of runOptions) {
    if (!row.notYet) continue;
    const layer = layers.find(({ values }) => values.has(longName(row)));
    if (layer) problems.push({ where: layer.spell(longName(row)), message: `${row.notYet} is not built yet` });
  }
  if (problems.length > 0) throw new UsageError(problems, "not-yet");
}

/** Every long option of `run`, with its dashes. */
export const optionNames: readonly string[] = runOptions.map((row) => `--${longName(row)}`);
