import { type Problem, UsageError } from "../base/errors.ts";
import { nearMiss } from "./fields.ts";
import { type SettingName, type Settings, settingNames, settings } from "./settings.ts";

/** Settings as text, by name; where they come from is told with every problem. */
export interface RawSettings {
  readonly values: ReadonlyMap<string, string>;
  /** How the user wrote a setting's name: `input "users"`, `--users`, `.github/swarmgate.yml:4:10 users`. */
  readonly spell: (name: string) => string;
}

/**
 * Reads every setting: the first layer that says something wins, then the default. All problems of all layers come
 * together in one UsageError; nothing is read halfway.
 */
export function readSettings(
  layers: readonly RawSettings[],
  defaults: Partial<Record<SettingName, string>> = {},
): { settings: Settings; given: ReadonlySet<SettingName> } {
  const problems: Problem[] = [];
  const out: Partial<Record<SettingName, unknown>> = {};
  const given = new Set<SettingName>();
  for (const { values, spell } of layers) {
    for (const name of values.keys()) {
      if (!(name in settings)) {
        problems.push({ where: spell(name), message: `there is no such setting${nearMiss(name, settingNames)}` });
      }
    }
  }
  for (const name of settingNames) {
    const layer = layers.find(({ values }) => (values.get(name) ?? "").trim() !== "");
    const text = layer?.values.get(name) ?? defaults[name] ?? settings[name].default;
    if (layer) given.add(name);
    if (text === null) {
      out[name] = null;
      continue;
    }
    const read = settings[name].schema.safeParse(text);
    if (read.success) out[name] = read.data;
    else {
      const where = layer ? layer.spell(name) : name;
      for (const issue of read.error.issues) problems.push({ where, message: issue.message });
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { settings: out as Settings, given };
}
