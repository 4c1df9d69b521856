import type { ThresholdResult } from "../promise.ts";
import { type Cursor, describe } from "./cursor.ts";

type Operator = ThresholdResult["operator"];

const spellings: Readonly<Record<string, Operator>> = {
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "==": "==",
  "===": "==",
  "!=": "!=",
  "!==": "!=",
};

/** Reads an operator; `=` alone is taken only where `loose` says so (Taurus). */
export function parseOperator(cursor: Cursor, { loose = false } = {}): Operator {
  const token = cursor.next();
  const operator = loose && token.text === "=" ? "==" : spellings[token.text];
  if (operator === undefined || token.kind !== "operator") {
    const hint = token.text === "=" ? "write ==" : "operators are < <= > >= == !=";
    cursor.fail(`expected an operator such as <, found ${describe(token)}`, hint, token);
  }
  return operator;
}

const opposites: Record<Operator, Operator> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==" };

/** The operator that holds exactly where `operator` does not. */
export function opposite(operator: Operator): Operator {
  return opposites[operator];
}

export function holds({
  actual,
  operator,
  expected,
}: {
  actual: number;
  operator: Operator;
  expected: number;
}): boolean {
  switch (operator) {
    case "<":
      return actual < expected;
    case "<=":
      return actual <= expected;
    case ">":
      return actual > expected;
    case ">=":
      return actual >= expected;
    case "==":
      return actual === expected;
    case "!=":
      return actual !== expected;
  }
}
