import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { parsePercent, parseRate, parseTimespanMs } from "../base/units.ts";
import { fillUrl, tellsArmsApart } from "../service/url-template.ts";

/**
 * The ways a setting's text can be read. Each is a zod schema from text to value, so that all problems of all
 * settings come together, each with a sentence of its own.
 */

const text = z.string().trim();

function reading<T>(read: (text: string) => T | undefined, wanted: string) {
  return text.transform((given, ctx): T => {
    const value = read(given);
    if (value !== undefined) return value;
    ctx.addIssue({ code: "custom", message: `"${given}" is not ${wanted}` });
    return z.NEVER;
  });
}

const within = (low: number, high: number) => (n: number | undefined) =>
  n !== undefined && Number.isFinite(n) && n >= low && n <= high ? n : undefined;

const numberOf = (given: string) => (/^[+-]?\d+(\.\d+)?$/.test(given) ? Number(given) : undefined);
const wholeOf = (given: string) => (/^\d+$/.test(given) ? Number(given) : undefined);

/** A whole number from `low` to `high`. */
export const whole = (low: number, high = 10_000_000) =>
  reading((given) => within(low, high)(wholeOf(given)), `a whole number from ${low} to ${high}`);

/** Any number above zero. */
export const positive = reading((given) => within(Number.MIN_VALUE, 1e9)(numberOf(given)), "a number above 0");

/** A timespan in milliseconds: `60s`, `1h30m`, `250ms`, a bare number of seconds. */
export const timespan = reading(parseTimespanMs, 'a duration; write it as "60s", "2m" or "1h30m"');

/** A timespan of at least one millisecond: a run of no length measures nothing. */
export const someTime = reading(
  (given) => within(1, 86_400_000)(parseTimespanMs(given)),
  'a duration; write it as "60s", "2m" or "1h30m"',
);

/** A percentage as a ratio. */
export const percent = reading(parsePercent, 'a percentage; write it as "10%"');

/** A confidence between 50 % and 99.99 %, as a ratio. */
export const confidence = reading(
  (given) => within(0.5, 0.9999)(parsePercent(given)),
  'a percentage from 50% to 99.99%; write it as "99%"',
);

/** Events per second: `5000/s`. */
export const rate = reading((given) => within(Number.MIN_VALUE, 1e9)(parseRate(given)), 'a rate; write it as "500/s"');

/** Lines, trimmed, without the empty ones. */
export const lines = text.transform((given) => splitLines(given));

/** Words separated by blanks, commas or line ends, as Locust's lists. */
export const words = text.transform((given) => given.split(/[\s,]+/).filter(Boolean));

export const flag = reading((given) => ({ true: true, false: false })[given.toLowerCase()], "true or false");

/** One of a few words; a near miss is named. */
export function oneOf<const T extends string>(choices: readonly T[]) {
  return text.transform((given, ctx): T => {
    const found = choices.find((choice) => choice === given);
    if (found !== undefined) return found;
    ctx.addIssue({
      code: "custom",
      message: `"${given}" is none of ${choices.join(", ")}${nearMiss(given, choices)}`,
    });
    return z.NEVER;
  });
}

/** Some of a few words, separated by commas, blanks or lines. */
export function someOf<const T extends string>(choices: readonly T[]) {
  return words.transform((given, ctx): readonly T[] => {
    const unknown = given.filter((word) => !(choices as readonly string[]).includes(word));
    for (const word of unknown) {
      ctx.addIssue({ code: "custom", message: `"${word}" is none of ${choices.join(", ")}${nearMiss(word, choices)}` });
    }
    return given as T[];
  });
}

/** An absolute http(s) URL without a fragment; the trailing slash is dropped, as Locust's hosts are joined to paths. */
export const url = text.transform((given, ctx): string => {
  const fail = (message: string) => {
    ctx.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) {
    return fail(`"${given}" has no scheme: "http://" or "https://" is missing (did you mean "http://${given}"?)`);
  }
  if (!URL.canParse(given)) return fail(`"${given}" is not a URL`);
  const parsed = new URL(given);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    return fail(`"${given}": only http:// and https:// can be loaded this way`);
  }
  return given.replace(/\/+$/, "");
});

/** The URL of each of two versions, which differ by `$PORT` or `$SWARMGATE_ARM`. */
export const armUrl = text.transform((given, ctx): string => {
  const read = url.safeParse(fillUrl(given, { arm: "head", port: 8080 }));
  const problems = read.success ? [] : read.error.issues.map(({ message }) => message);
  if (!tellsArmsApart(given)) {
    problems.push(`"${given}" is the same for both versions: it must contain $PORT or $SWARMGATE_ARM`);
  }
  for (const message of problems) ctx.addIssue({ code: "custom", message });
  return given;
});

/** Lines `Name: value`. */
export const headers = text.transform((given, ctx): readonly (readonly [string, string])[] =>
  splitLines(given).flatMap((line, index) => {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)$/.exec(line);
    if (match) return [[match[1] as string, match[2] as string] as const];
    // The line itself may hold a secret, so only its number is told.
    ctx.addIssue({ code: "custom", message: `line ${index + 1} is not of the form "Name: value"` });
    return [];
  }),
);

export function splitLines(given: string): string[] {
  return given
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** `; did you mean "warmup"?` where one of `choices` is near enough, else nothing. */
export function nearMiss(given: string, choices: readonly string[]): string {
  if (choices.length === 0) return "";
  const near = closest(given.toLowerCase(), choices as string[]);
  return distance(given.toLowerCase(), near) <= Math.max(2, given.length / 3) ? `; did you mean "${near}"?` : "";
}
