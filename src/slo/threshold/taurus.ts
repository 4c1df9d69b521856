import { escapeGlob } from "../glob.ts";
import type { ThresholdResult } from "../promise.ts";
import { whyNoWindow } from "../window-length.ts";
import { type Cursor, describe } from "./cursor.ts";
import { parseMetric, printMetric, type ThresholdMetric, unitOf } from "./metric.ts";
import { opposite, parseOperator } from "./operator.ts";
import { parseQuantity, printQuantity } from "./quantity.ts";
import type { Token } from "./scanner.ts";

const subjects = ["avg-rt", "rt", "fail", "succ", "hits"];
/** Subjects of Taurus that this program does not measure. */
const unmeasured = /^(?:avg-lt|avg-ct|stdev-rt|bytes|concurr|rc[\d?]+)$/;

/** Whether a line can only be Taurus': it begins with one of its own words. */
export function isTaurusSubject({ kind, text }: Token): boolean {
  return kind === "word" && (subjects.includes(text) || unmeasured.test(text));
}

/** Whether what follows the value is Taurus' time frame or action. */
export function startsTaurusRest({ kind, text }: Token): boolean {
  return (kind === "word" && /^(?:for|within|over)$/.test(text)) || (kind === "mark" && text === ",");
}

interface TaurusPromise {
  readonly metric: ThresholdMetric;
  readonly operator: ThresholdResult["operator"];
  readonly value: number;
  readonly of: string | null;
  readonly tier: "fail" | "warn";
  readonly everyMs: number | null;
  readonly abortAfterMs: number | null;
  readonly notes: readonly string[];
}

/** `p95 of label>300ms for 10s, stop as failed`: a condition for failing, so the promise is its opposite. */
export function parseTaurus(cursor: Cursor): TaurusPromise {
  const subject = cursor.peek();
  if (unmeasured.test(subject.text)) cursor.fail(`Taurus' "${subject.text}" is not measured here`);
  const own = subjects.includes(subject.text);
  const named = own ? undefined : parseMetric(cursor);
  if (own) cursor.next();
  const of = cursor.take("of") ? parseLabel(cursor) : null;
  const operatorToken = cursor.peek();
  const failing = parseOperator(cursor, { loose: true });
  const percent = isPercentage(cursor);
  const metric = named ?? metricOf(cursor, subject, percent);
  const { value, explicit, token } = parseQuantity(cursor, unitOf(metric));
  const valueEnd = cursor.peek(-1).end;
  if (unitOf(metric) === "ms" && !explicit) {
    cursor.fail(
      "Taurus reads a bare number as seconds, others as milliseconds",
      `write ${token.text}s or ${token.text}ms`,
      token,
    );
  }
  const { isCondition, ...rest } = parseRest(cursor);
  if (!own && !isCondition && !isFault(metric, failing)) {
    const spelt = `${printMetric(metric)} ${failing} ${cursor.source.slice(token.start, valueEnd)}`;
    cursor.fail(
      "is this a promise, or Taurus' condition for failing?",
      `a promise is ${spelt}${of === null ? "" : ` of "${of.replace(/[\\"]/g, "\\$&")}"`}; a condition ends in ", stop as failed"`,
      operatorToken,
    );
  }
  if (subject.text === "succ")
    return { metric, operator: failing === "==" ? "!=" : mirrored(failing), value: 1 - value, of, ...rest };
  return { metric, operator: opposite(failing), value, of, ...rest };
}

/**
 * Whether a condition speaks of something going wrong: slow, failing, too little done. Our own words with the endpoint
 * in the middle (`errors of "GET /" < 1%`) have Taurus' shape, and reading a promise as its opposite would be green
 * exactly when it is broken.
 */
function isFault(metric: ThresholdMetric, failing: TaurusPromise["operator"]): boolean {
  const isMoreBetter = ["rps", "requests", "apdex"].includes(metric.kind);
  return failing.startsWith(isMoreBetter ? "<" : ">");
}

/** Failing when successes are below 90 % is promising errors of at most 10 %. */
function mirrored(failing: TaurusPromise["operator"]): TaurusPromise["operator"] {
  const swapped = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=" } as const;
  return opposite(swapped[failing]);
}

function isPercentage(cursor: Cursor): boolean {
  return cursor.peek(1).text === "%";
}

function metricOf(cursor: Cursor, subject: Token, percent: boolean): ThresholdMetric {
  if (subject.text === "avg-rt" || subject.text === "rt") return { kind: "avg" };
  if (subject.text === "hits") return { kind: "requests" };
  if (subject.text === "fail") return { kind: percent ? "errors" : "failures" };
  if (!percent) cursor.fail("succ is understood as a percentage here", "write succ<90%", subject);
  return { kind: "errors" };
}

/** Everything up to the operator: Taurus writes labels without quotes. */
function parseLabel(cursor: Cursor): string {
  const start = cursor.peek();
  let end = start.start;
  for (let token = cursor.peek(); token.kind !== "end"; token = cursor.peek()) {
    if (token.kind === "operator" && token.text !== "=") break;
    end = cursor.next().end;
  }
  if (cursor.peek().kind === "end") {
    cursor.fail(
      "expected an operator after the endpoint",
      'here the endpoint stands at the end: p95 < 300ms of "GET /path"; Taurus\' way is p95 of label>300ms',
    );
  }
  const text = cursor.source.slice(start.start, end).trim();
  if (text === "") cursor.fail("an empty label", undefined, start);
  return start.kind === "string" && end === start.end ? start.text : escapeGlob(text);
}

type Rest = Pick<TaurusPromise, "tier" | "everyMs" | "abortAfterMs" | "notes">;

/**
 * Taurus looks at the last seconds again and again; here one window follows the other. Its `for 10s` wants every
 * second of the ten to be bad, which no window of ten seconds says: that is noted.
 * @see https://gettaurus.org/docs/PassFail/
 */
function parseRest(cursor: Cursor): Rest & { readonly isCondition: boolean } {
  const notes: string[] = [];
  const frame = cursor.take("for", "within", "over");
  let everyMs: number | null = null;
  if (frame) {
    const token = cursor.peek();
    const { value, explicit } = parseQuantity(cursor, "ms");
    // Taurus reads a bare number as seconds.
    everyMs = explicit ? value : value * 1000;
    const why = whyNoWindow(everyMs);
    if (why !== null) cursor.fail(why, undefined, token);
    const window = printQuantity(everyMs, "ms");
    if (frame.text === "for") notes.push(`"for ${window}" is judged on each window of ${window} as a whole`);
  }
  let tier: "fail" | "warn" = "fail";
  let abortAfterMs: number | null = null;
  const isCondition = cursor.take(",") !== undefined;
  if (isCondition) {
    if (cursor.take("stop")) abortAfterMs = 0;
    else cursor.take("continue");
    if (cursor.take("as")) {
      const status = cursor.next();
      if (status.text === "non-failed") tier = "warn";
      else if (status.text !== "failed")
        cursor.fail(`expected "failed" or "non-failed", found ${describe(status)}`, undefined, status);
    }
  }
  if (cursor.peek().kind !== "end") cursor.fail(`unexpected ${describe(cursor.peek())}`);
  return { tier, everyMs, abortAfterMs: tier === "warn" ? null : abortAfterMs, notes, isCondition };
}
