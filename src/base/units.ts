/**
 * Text to numbers. Numbers inside the program are milliseconds, bytes and ratios (0–1); only this file and
 * report/view/format.ts know how they are written.
 */

const timespan = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/;
const single = /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m|h)$/;
const perUnitMs: Record<string, number> = { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * A timespan as Locust writes it (`20`, `20s`, `3m`, `2h`, `1h20m`, `3h30m10s`) or one number with a unit
 * (`250ms`, `1.5s`). A bare number is seconds. Milliseconds; undefined if it is none of these.
 */
export function parseTimespanMs(text: string): number | undefined {
  const trimmed = text.trim();
  const one = single.exec(trimmed);
  if (one) return Number(one[1]) * (perUnitMs[one[2] as string] as number);
  const parts = timespan.exec(trimmed);
  if (trimmed === "" || !parts) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  // Locust refuses `1h30`: after a larger unit the seconds must say that they are seconds.
  if ((parts[1] || parts[2]) && parts[3] && !trimmed.endsWith("s")) return undefined;
  return Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
}

/** `10%` or `0.1 %` as a ratio (0.1, 0.001); undefined if it is not a percentage. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  return match ? Number(match[1]) / 100 : undefined;
}

/** `5000/s`, `5000 / s` or `300/m` as events per second; a bare number is per second. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(?:\s*\/\s*(s|m|h))?$/.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) / ((perUnitMs[match[2] ?? "s"] as number) / 1000);
}

/** `12.3 s`: a length of time in seconds, to a tenth. */
export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/**
 * `12 %`: a ratio as percentages.
 * @param ratio 0 to 1
 * @param significant digits that are kept; whole percentages if not given
 */
export function percent(ratio: number, significant?: number): string {
  const value = 100 * ratio;
  return `${significant === undefined ? Math.round(value) : Number(value.toPrecision(significant))} %`;
}
