import type { GateConfig } from "../config/gate-config.ts";
import type { Block } from "../stats/snapshot.ts";
import { blockMs } from "../stats/snapshot.ts";

/** What a run is compared with: the base version beside it, stored runs, or nothing (SPEC section 2, `compare`). */
export type Comparing = "side-by-side" | "baseline" | "none";

export function comparingOf({ settings }: Pick<GateConfig, "settings">): Comparing {
  const { compare, mode } = settings;
  if (mode === "baseline") return "none";
  if (mode === "calibrate") return "side-by-side";
  if (mode === "capacity") return compare === "none" ? "none" : "baseline";
  if (compare !== "auto") return compare;
  return settings["base-host"] === null ? "baseline" : "side-by-side";
}

/** Where the twins go; calibrating they go to the target itself, unless a second copy of it is named. */
export function baseHostOf({ settings }: Pick<GateConfig, "settings">): string | null {
  if (comparingOf({ settings }) !== "side-by-side") return null;
  return settings["base-host"] ?? (settings.mode === "calibrate" ? settings.host : null);
}

/** What was judged within the run time: the first look is taken then. */
export function steadyMs(blocks: readonly Block[]): number {
  return blocks.filter(({ phase }) => phase === "steady").length * blockMs;
}
