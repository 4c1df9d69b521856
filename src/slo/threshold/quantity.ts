import type { ThresholdResult } from "../promise.ts";
import { type Cursor, describe } from "./cursor.ts";
import type { Token } from "./scanner.ts";

type Unit = ThresholdResult["unit"];

/** A number in the program's own unit: milliseconds, a ratio, a count, events per second, a score. */
export interface Quantity {
  readonly value: number;
  /** Whether a unit was written. */
  readonly explicit: boolean;
  readonly token: Token;
}

const millisecondsPer: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Reads a number and its unit, where `unit` is what the metric is measured in. */
export function parseQuantity(cursor: Cursor, unit: Unit): Quantity {
  const token = cursor.next();
  if (token.kind !== "number") {
    cursor.fail(`expected a number such as ${examples[unit]}, found ${describe(token)}`, undefined, token);
  }
  const value = Number(token.text);
  if (value > 1e12) cursor.fail("a number beyond all measure", undefined, token);
  const after = cursor.peek();
  if (after.text === "%" && after.kind === "mark") return percentage(cursor, { value, unit, token });
  if (after.text === "/" && after.kind === "mark") return rate(cursor, { value, unit, token });
  if (after.kind === "word" && after.start === token.end) return duration(cursor, { value, unit, token });
  if (after.kind === "word" && after.text in millisecondsPer) return duration(cursor, { value, unit, token });
  if (unit === "ratio" && value >= 1) {
    cursor.fail(`is ${token.text} a share of all requests or a percentage?`, `write ${token.text}%`, token);
  }
  return { value, explicit: false, token };
}

interface Bare {
  readonly value: number;
  readonly unit: Unit;
  readonly token: Token;
}

function percentage(cursor: Cursor, { value, unit, token }: Bare): Quantity {
  const sign = cursor.next();
  if (unit !== "ratio" && unit !== "score") cursor.fail(mismatch(unit), hints[unit], sign);
  if (value > 100) cursor.fail("more than 100 % cannot be", undefined, token);
  return { value: value / 100, explicit: true, token };
}

function rate(cursor: Cursor, { value, unit, token }: Bare): Quantity {
  const slash = cursor.next();
  if (unit !== "perSecond") cursor.fail(mismatch(unit), hints[unit], slash);
  const per = cursor.next();
  const seconds = secondsPer[per.text];
  if (seconds === undefined) cursor.fail(`expected /s, /m or /h, found /${per.text}`, undefined, slash);
  return { value: value / seconds, explicit: true, token };
}

function duration(cursor: Cursor, { value, unit, token }: Bare): Quantity {
  const word = cursor.next();
  const factor = millisecondsPer[word.text];
  if (factor === undefined) {
    cursor.fail(`unknown unit "${word.text}"`, `units are ms s m h, %, /s: write ${examples[unit]}`, word);
  }
  if (unit !== "ms") cursor.fail(mismatch(unit), hints[unit], word);
  return { value: value * factor, explicit: true, token };
}

const examples: Record<Unit, string> = { ms: "300ms", ratio: "1%", count: "10", perSecond: "100/s", score: "0.9" };
const nouns: Record<Unit, string> = {
  ms: "a response time",
  ratio: "a share of the requests",
  count: "a count",
  perSecond: "a rate",
  score: "a score from 0 to 1",
};
const hints: Record<Unit, string> = {
  ms: "write 300ms, 1.5s",
  ratio: "write 1% or 0.01",
  count: "write a plain number; for a share use errors < 1%, for a rate rps > 100/s",
  perSecond: "write 100/s",
  score: "write 0.9",
};

function mismatch(unit: Unit): string {
  return `this unit does not fit: the metric is ${nouns[unit]}`;
}

/** The shortest text that `parseQuantity` reads back as the same quantity. */
export function printQuantity(value: number, unit: Unit): string {
  if (unit === "ms") {
    const ms = Number(plainNumber(value));
    return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000}s` : `${plainNumber(ms)}ms`;
  }
  if (unit === "ratio") return `${plainNumber(value * 100)}%`;
  return unit === "perSecond" ? `${plainNumber(value)}/s` : plainNumber(value);
}

/** At most twelve significant digits, so that binary noise (0.07 × 100) does not show, and never an exponent. */
export function plainNumber(value: number): string {
  const rounded = Number(value.toPrecision(12));
  if (rounded === 0) return "0";
  const text = String(rounded);
  return text.includes("e") ? rounded.toFixed(20).replace(/\.?0+$/, "") : text;
}
