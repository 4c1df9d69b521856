import type { ReportThreshold } from "../document/report.ts";

/** Numbers to text, for people: at most three significant digits; counts in full. `–` stands for nothing. */
export const nothing = "–";
/** Between thousands, and before a unit: narrow, and no line break. */
const thin = "\u202f";
const minus = "−";

/** A whole number in full: `48 120`. */
export function formatCount(value: number): string {
  const digits = Math.round(Math.abs(value)).toString();
  return `${value < 0 ? minus : ""}${digits.replace(/\B(?=(\d{3})+$)/g, thin)}`;
}

/** At most three significant digits, no exponent, thousands apart: `0.0213`, `9.5`, `48 100`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return nothing;
  const rounded = Number(value.toPrecision(3));
  const sign = rounded < 0 ? minus : "";
  const size = Math.abs(rounded);
  if (size >= 1000) return sign + formatCount(size);
  if (size === 0) return "0";
  // Beyond six decimals nothing we measure means anything.
  return sign + (size < 1e-6 ? "0" : size.toFixed(6).replace(/\.?0+$/, ""));
}

/** Milliseconds as `0.42 ms`, `231 ms`, `1.24 s`, `2.5 min`. */
export function formatMs(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return nothing;
  const size = Math.abs(Number(ms.toPrecision(3)));
  if (size < 1000) return `${formatNumber(ms)}${thin}ms`;
  if (size < 120_000) return `${formatNumber(ms / 1000)}${thin}s`;
  return `${formatNumber(ms / 60_000)}${thin}min`;
}

/** A length of time: `30 s`, `1 min 30 s`, `3 h 5 min`, `12 days`. */
export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return nothing;
  if (ms < 60_000) return formatMs(ms);
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return two({ whole: Math.floor(seconds / 60), unit: "min", rest: seconds % 60, part: "s" });
  const minutes = Math.round(ms / 60_000);
  if (minutes < 48 * 60) return two({ whole: Math.floor(minutes / 60), unit: "h", rest: minutes % 60, part: "min" });
  return `${formatCount(Math.round(ms / 86_400_000))}${thin}days`;
}

function two({ whole, unit, rest, part }: { whole: number; unit: string; rest: number; part: string }): string {
  return rest === 0 ? `${whole}${thin}${unit}` : `${whole}${thin}${unit} ${rest}${thin}${part}`;
}

/** A ratio (0–1) as `0.02 %`. */
export function formatPercent(ratio: number | null): string {
  return ratio === null || !Number.isFinite(ratio) ? nothing : `${formatNumber(ratio * 100)}${thin}%`;
}

/** Events per second: `32 /s`. */
export function formatRate(perSecond: number | null): string {
  return perSecond === null ? nothing : `${formatNumber(perSecond)}/s`;
}

/** `812 B`, `4.2 KB`, `1.3 MB` (thousands, as traffic is counted). */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return nothing;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (Math.abs(Number(value.toPrecision(3))) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${formatNumber(value)}${thin}${units[unit]}`;
}

function withSign(value: number): string {
  const text = formatNumber(value);
  return value > 0 && text !== "0" ? `+${text}` : text;
}

/** A difference in milliseconds: `+84 ms`, `−1.2 s`. */
export function formatMsChange(ms: number): string {
  return Math.abs(ms) < 1000 ? `${withSign(ms)}${thin}ms` : `${withSign(ms / 1000)}${thin}s`;
}

/** What a change is counted in: latencies relatively, errors in percentage points. */
export type ChangeUnit = "percent" | "points";

export function changeUnit(metric: string): ChangeUnit {
  return metric === "errors" ? "points" : "percent";
}

/** A change given as a ratio: `+38 %`, or `+0.5 pp` where it is a difference of ratios. */
export function formatChange(ratio: number | null, unit: ChangeUnit = "percent"): string {
  if (ratio === null || !Number.isFinite(ratio)) return nothing;
  return `${withSign(ratio * 100)}${thin}${unit === "points" ? "pp" : "%"}`;
}

/** Beyond this a change is given as a multiple: a percentage of millions says nothing. */
const mostPercent = 9;

/** The smallest change that would have shown: `6 %`, `0.5 pp`, `over 10×`. */
export function formatDetectable(ratio: number | null, unit: ChangeUnit = "percent"): string {
  if (ratio !== null && unit === "percent" && ratio > mostPercent) return "over 10×";
  return formatChange(ratio, unit).replace(/^\+/, "");
}

/** `+29 … +48 %`; an open end is `…`. */
export function formatInterval(
  interval: { readonly low: number | null; readonly high: number | null } | null,
  unit: ChangeUnit = "percent",
): string {
  if (interval === null || (interval.low === null && interval.high === null)) return nothing;
  const bound = (ratio: number | null) => (ratio === null ? "" : withSign(ratio * 100));
  return `${bound(interval.low)}${thin}…${thin}${bound(interval.high)}${thin}${unit === "points" ? "pp" : "%"}`;
}

/** A compared value in its own unit: milliseconds, a percentage, or a count of stalls. */
export function formatCompared(metric: string, value: number | null): string {
  if (value === null) return nothing;
  if (metric === "errors") return formatPercent(value);
  if (metric === "stalls" || metric === "capacity") return formatNumber(value);
  if (metric === "throughput") return formatRate(value);
  return formatMs(value);
}

/** A promised or measured value in its threshold's unit. */
export function formatPromised(unit: ReportThreshold["unit"], value: number | null): string {
  if (value === null) return nothing;
  switch (unit) {
    case "ms":
      return formatMs(value);
    case "ratio":
      return formatPercent(value);
    case "perSecond":
      return formatRate(value);
    case "count":
      return formatCount(value);
    case "score":
      return formatNumber(value);
  }
}

/** A moment of the run, after its start: `00:41`, `1:02:03`. */
export function formatMoment(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number) => value.toString().padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}:` : ""}${pad(minutes)}:${pad(seconds % 60)}`;
}

/** An ISO instant as `2026-09-22 10:14 UTC`. */
export function formatInstant(iso: string | null): string {
  return iso === null ? nothing : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `1 endpoint`, `3 endpoints`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** For terminals: the same text with ordinary spaces and a hyphen for the minus. */
export function plain(text: string): string {
  return text.replaceAll("\u202f", " ").replaceAll("\u00a0", " ").replaceAll(minus, "-");
}
