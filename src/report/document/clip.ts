import type { Endpoint } from "../../stats/endpoint.ts";
import { bounds } from "./report-schema.ts";

/** What a document may hold: texts cut, numbers finite, ranged and short. */

/** At most `max` UTF-16 units, never half a character. */
export function clipText(text: string, max: number = bounds.message): string {
  const whole = text.toWellFormed();
  return whole.length <= max
    ? whole
    : `${whole.slice(0, max - 1)}`
        .toWellFormed()
        .replace(/\ufffd$/, "")
        .concat("…");
}

export function clipEndpoint({ method, name }: Endpoint): Endpoint {
  return { method: clipText(method, bounds.name), name: clipText(name, bounds.name) };
}

/** Six significant digits, within ±1e12: more would only fill the document. */
export function tidy(value: number): number {
  if (Number.isNaN(value)) return 0;
  const bounded = Math.min(1e12, Math.max(-1e12, value));
  return Number(bounded.toPrecision(6)) + 0;
}

export function tidyOrNull(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : tidy(value);
}

/** Never negative. */
export function tidySize(value: number): number {
  return Math.max(0, tidy(value));
}

export function sizeOrNull(value: number | null | undefined): number | null {
  const tidied = tidyOrNull(value);
  return tidied === null ? null : Math.max(0, tidied);
}

export function ratioOf(value: number): number {
  return Math.min(1, tidySize(value));
}

export function whole(value: number): number {
  return Number.isFinite(value) ? Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(value))) + 0 : 0;
}

/** A commit's hash, or null if it is anything else: branch names never pass for one. */
export function clipSha(sha: string | null | undefined): string | null {
  const lower = sha?.toLowerCase() ?? "";
  return /^[0-9a-f]{7,64}$/.test(lower) ? lower : null;
}

/** An instant to the millisecond in UTC, or null. */
export function clipInstant(iso: string | null | undefined): string | null {
  const time = iso ? Date.parse(iso) : Number.NaN;
  // Years beyond four digits are written another way.
  return time >= 0 && time < 253_402_300_800_000 ? new Date(time).toISOString() : null;
}
