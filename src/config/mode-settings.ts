import type { SettingName, Settings } from "./settings.ts";
import { shardName } from "./shard.ts";

/** The run time of a search for the capacity is that of each of its steps, and there are many. */
const capacityStepMs = 15_000;
/** Where such a search begins: well below what most services bear. */
const capacityFirstUsers = 10;

/** What follows from the mode for settings that nobody set, and what a shard leaves to the job that adds all up. */
export function settingsForMode(settings: Settings, given: ReadonlySet<SettingName>): Settings {
  if (settings.mode === "capacity") {
    return {
      ...settings,
      ...(!given.has("run-time") && { "run-time": capacityStepMs }),
      ...(!given.has("users") && { users: capacityFirstUsers }),
    };
  }
  const { shard } = settings;
  if (shard === null) return settings;
  return {
    ...settings,
    comment: "never",
    status: "none",
    "save-baseline": "never",
    // Artifacts of one workflow's run must not be called alike.
    "artifact-name": settings["artifact-name"] ?? `swarmgate-${settings.name}-${shardName(shard)}`,
  };
}
