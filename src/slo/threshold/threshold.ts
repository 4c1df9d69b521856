import type { Problem } from "../../base/errors.ts";
import type { ThresholdResult } from "../promise.ts";
import { whyNoWindow } from "../window-length.ts";
import { Cursor, describe, ThresholdSyntaxError } from "./cursor.ts";
import { isK6Metric, parseK6 } from "./k6.ts";
import { parseMetric, printMetric, type ThresholdMetric, unitOf } from "./metric.ts";
import { parseOperator } from "./operator.ts";
import { parseQuantity, printQuantity } from "./quantity.ts";
import { isTaurusSubject, parseTaurus, startsTaurusRest } from "./taurus.ts";

type Operator = ThresholdResult["operator"];

/** One promise. */
export interface Threshold {
  readonly metric: ThresholdMetric;
  readonly operator: Operator;
  /** In the metric's own unit: milliseconds, a ratio (0–1), a count, per second, a score. */
  readonly value: number;
  /** A glob over `METHOD name`; null promises the total. */
  readonly of: string | null;
  /** Globs of endpoints that an earlier entry of the configuration has taken: first match wins. */
  readonly except: readonly string[];
  /** The first part of the judged window, left out. */
  readonly afterMs: number;
  /** Holds for every window of this length, one after the other, instead of the whole; null for the whole. */
  readonly everyMs: number | null;
  /** A break seen later than this into the load ends the run; null lets the run go on to its end. */
  readonly abortAfterMs: number | null;
  /** Without samples it is kept, not broken. */
  readonly optional: boolean;
  /** A broken promise of the `warn` tier is told and fails nothing. */
  readonly tier: "fail" | "warn";
  /** Where it was written; null if nowhere. */
  readonly place: string | null;
  /** What of a foreign spelling has no meaning here, each a sentence. */
  readonly notes: readonly string[];
}

/*
 * The language, one promise a line:
 *
 *   threshold  = promise | k6 | taurus ;
 *   promise    = metric operator value { clause } ;
 *   metric     = "p" number | "p" "(" number ")" | "med" | "avg" | "min" | "max"
 *              | "errors" | "failures" | "rps" | "requests" | "apdex" "(" duration ")" ;
 *   operator   = "<" | "<=" | ">" | ">=" | "==" | "===" | "!=" | "!==" ;
 *   value      = number [ unit ] ;
 *   unit       = "us" | "ms" | "s" | "m" | "h" | "%" | "/" ( "s" | "m" | "h" ) ;
 *   duration   = number [ "us" | "ms" | "s" | "m" | "h" ] ;                 a bare number is milliseconds
 *   clause     = "of" string | "after" duration | "in" "every" duration | "abort" [ "after" duration ]
 *              | "optional" | "warn" ;                                      each at most once
 *   string     = '"' glob '"' | "'" glob "'" ;
 *
 *   k6         = k6-metric [ "{" tag ":" text { "," tag ":" text } "}" ] ":" aggregate operator value { clause } ;
 *   aggregate  = metric | "rate" | "count" ;
 *
 *   taurus     = subject [ "of" label ] operator value [ ( "for" | "within" | "over" ) duration ]
 *                [ "," [ "stop" | "continue" ] [ "as" ( "failed" | "non-failed" ) ] ] ;
 *   subject    = "avg-rt" | "rt" | "fail" | "succ" | "hits" | metric ;      states the failure: read inverted;
 *                without an action, a metric's line that speaks of no fault (p95 of x<1s) is refused as ambiguous
 *   label      = any text before the operator ;
 */

/** Reads one line. Throws ThresholdSyntaxError, which points at the character. */
export function parseThreshold(source: string, place: string | null = null): Threshold {
  const cursor = new Cursor(source);
  const first = cursor.peek();
  const blank = {
    of: null,
    except: [],
    afterMs: 0,
    everyMs: null,
    abortAfterMs: null,
    optional: false,
    tier: "fail",
    place,
    notes: [],
  } as const;
  if (isK6Metric(cursor)) return parseClauses(cursor, { ...blank, ...parseK6(cursor) });
  if (isTaurusSubject(first)) return taurus(blank, cursor);
  const metric = parseMetric(cursor);
  if (cursor.peek().text === "of") return taurus(blank, new Cursor(source));
  if (cursor.peek().text === ":") cursor.fail("no colon stands here", `write ${printMetric(metric)} < …`);
  const operator = parseOperator(cursor);
  const { value, token } = parseQuantity(cursor, unitOf(metric));
  if (startsTaurusRest(cursor.peek())) return taurus(blank, new Cursor(source));
  if (operator === "<" && value === 0) cursor.fail("nothing is below 0", "write <= 0 or == 0", token);
  return parseClauses(cursor, { ...blank, metric, operator, value });
}

/** Taurus stops for anything; where that says nothing here, the run goes on and the line says why. */
function taurus(blank: Omit<Threshold, "metric" | "operator" | "value">, cursor: Cursor): Threshold {
  const promise: Threshold = { ...blank, ...parseTaurus(cursor) };
  const why = whyNoAbort(promise);
  if (why === null) return promise;
  return { ...promise, abortAfterMs: null, notes: [...promise.notes, `"stop" is left out: ${why}`] };
}

function parseClauses(cursor: Cursor, start: Threshold): Threshold {
  let threshold = start;
  const seen = new Set<string>();
  for (let token = cursor.peek(); token.kind !== "end"; token = cursor.peek()) {
    cursor.next();
    const word = token.kind === "word" ? token.text.toLowerCase() : "";
    if (seen.has(word)) cursor.fail(`"${word}" is said twice`, undefined, token);
    seen.add(word);
    if (word === "of") {
      if (threshold.of !== null) cursor.fail("the endpoint is said twice", undefined, token);
      threshold = { ...threshold, of: endpointGlob(cursor) };
    } else if (word === "after") threshold = { ...threshold, afterMs: duration(cursor, "after") };
    else if (word === "in") threshold = { ...threshold, everyMs: windowMs(cursor) };
    else if (word === "abort") {
      const after = cursor.take("after") !== undefined;
      threshold = { ...threshold, abortAfterMs: after ? duration(cursor, "abort after") : 0 };
    } else if (word === "optional") threshold = { ...threshold, optional: true };
    else if (word === "warn") threshold = { ...threshold, tier: "warn" };
    else
      cursor.fail(
        `unexpected ${describe(token)}`,
        'after the value may stand: of "GET /path", after 10s, in every 10s, abort after 20s, optional, warn',
        token,
      );
  }
  const why = whyNoAbort(threshold);
  if (why !== null) cursor.fail(why);
  return threshold;
}

/** Why a break of this promise cannot end a run; null where it can, or where nobody asked. */
export function whyNoAbort({ abortAfterMs, tier, everyMs, metric, operator }: Threshold): string | null {
  if (abortAfterMs === null) return null;
  if (tier === "warn") return "a promise that only warns cannot abort the run";
  const counts = metric.kind === "requests" || metric.kind === "failures";
  if (counts && everyMs === null && !operator.startsWith("<")) {
    return `${metric.kind} grow until the end of the run, so only an upper limit of them can abort it`;
  }
  return null;
}

function endpointGlob(cursor: Cursor): string {
  const token = cursor.next();
  if (token.kind === "unclosed") cursor.fail("this quote is never closed", undefined, token);
  if (token.kind !== "string") {
    cursor.fail(`an endpoint stands in quotes, found ${describe(token)}`, 'write of "GET /path"', token);
  }
  if (token.text.trim() === "") cursor.fail("an empty endpoint", 'of "*" promises each endpoint', token);
  return token.text;
}

function windowMs(cursor: Cursor): number {
  cursor.expect("every", 'after "in"');
  const token = cursor.peek();
  const value = duration(cursor, "in every");
  const why = whyNoWindow(value);
  if (why !== null) cursor.fail(why, undefined, token);
  return value;
}

function duration(cursor: Cursor, words: string): number {
  const { value, explicit, token } = parseQuantity(cursor, "ms");
  if (!explicit) cursor.fail("is this seconds or milliseconds?", `write ${words} ${token.text}s`, token);
  return value;
}

/** Lines of thresholds, as an input carries them; blank lines and what follows a `#` at a line's start are skipped. */
export function parseThresholds(
  text: string,
  where: string,
): { readonly thresholds: readonly Threshold[]; readonly problems: readonly Problem[] } {
  const thresholds: Threshold[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const place = `${where}:${index + 1}`;
    try {
      thresholds.push(parseThreshold(line, place));
    } catch (error) {
      if (!(error instanceof ThresholdSyntaxError)) throw error;
      problems.push(problemOf(error, `${place}:${error.offset + 1}`));
    }
  }
  return { thresholds, problems };
}

/** A syntax error as people are told it, the line and the caret under the sentence. */
export function problemOf(error: ThresholdSyntaxError, where: string): Problem {
  const hint = error.hint === undefined ? "" : `; ${error.hint}`;
  return { where, message: `${error.message}${hint}\n${error.frame}` };
}

/** The canonical spelling; `parseThreshold` reads it back as the same promise. */
export function printThreshold(threshold: Threshold): string {
  const { metric, operator, value, of, afterMs, everyMs, abortAfterMs, optional, tier } = threshold;
  const parts = [printMetric(metric), operator, printQuantity(value, unitOf(metric))];
  if (of !== null) parts.push("of", `"${of.replace(/[\\"]/g, "\\$&")}"`);
  if (afterMs > 0) parts.push("after", printQuantity(afterMs, "ms"));
  if (everyMs !== null) parts.push("in every", printQuantity(everyMs, "ms"));
  if (abortAfterMs !== null) parts.push("abort");
  if (abortAfterMs !== null && abortAfterMs > 0) parts.push("after", printQuantity(abortAfterMs, "ms"));
  if (optional) parts.push("optional");
  if (tier === "warn") parts.push("warn");
  return parts.join(" ");
}
