import type { GateConfig } from "../config/gate-config.ts";
import type { Block } from "../stats/snapshot.ts";
import { blockMs } from "../stats/snapshot.ts";

/**
 * What a run is compared with: the base version beside it, stored runs, or nothing (docs/inputs.md#what-is-compared).
 */
export type Comparing = "side-by-side" | "baseline" | "none";

export function comparingOf({ settings }: Pick<GateConfig, "settings">): Comparing {
  const { compare, mode, shard } = settings;
  // A share of the load is compared with nothing: all of them together are.
  if (mode === "baseline" || shard !== null) return "none";
  if (mode === "calibrate") return "side-by-side";
  if (mode === "capacity") return compare === "none" ? "none" : "baseline";
  if (compare !== "auto") return compare;
  return settings["base-host"] === null ? "baseline" : "side-by-side";
}

/** Where the twins go; calibrating they go to the target itself, unless a second copy of it is named. */
export function baseHostOf({ settings }: Pick<GateConfig, "settings">): string | null {
  if (settings.shard !== null && settings.compare !== "baseline" && settings.compare !== "none") {
    return settings["base-host"];
  }
  if (comparingOf({ settings }) !== "side-by-side") return null;
  return settings["base-host"] ?? (settings.mode === "calibrate" ? settings.host : null);
}

/** User and password of that URL: the target's own where it is calibrated with itself. */
export function baseUserinfoOf({ settings, userinfo }: Pick<GateConfig, "settings" | "userinfo">): string | null {
  return settings["base-host"] === null ? userinfo.host : userinfo["base-host"];
}

/** What was judged within the run time: the first look is taken then. */
export function steadyMs(blocks: readonly Block[]): number {
  return blocks.filter(({ phase }) => phase === "steady").length * blockMs;
}
