import { blockMs } from "../stats/snapshot.ts";

/** Why a window cannot have this length; null where it can. Measurements are kept in blocks of half a second. */
export function whyNoWindow(everyMs: number): string | null {
  if (everyMs < 1000) return "a window lasts at least 1s";
  return everyMs % blockMs === 0 ? null : "a window lasts whole or half seconds";
}
