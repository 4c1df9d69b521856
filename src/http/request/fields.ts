import { GateError } from "../../base/errors.ts";
import { isPlainObject, nameOf } from "../body-kinds.ts";
import type { QueryParams } from "./options.ts";

/**
 * `application/x-www-form-urlencoded`: lists repeat their key, `null` and `undefined` are left out. `option` is what the
 * fields were given as; it stands in the error.
 * @throws GateError `bad-fields` for what is no set of fields, rather than sending an empty one
 */
export function encodePairs(fields: Exclude<QueryParams, string>, option: "data" | "form" | "params"): string {
  if (fields instanceof URLSearchParams) return fields.toString();
  const query = new URLSearchParams();
  for (const [name, value] of pairsOf(fields, option)) {
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (one !== null && one !== undefined) query.append(name, textOf(one, { option, name }));
    }
  }
  return query.toString();
}

function pairsOf(fields: unknown, option: string): readonly (readonly [string, unknown])[] {
  if (isPlainObject(fields)) return Object.entries(fields);
  if (!Array.isArray(fields)) throw badFields(`${option} is ${nameOf(fields)}, which has no fields to send`);
  for (const pair of fields as readonly unknown[]) {
    if (Array.isArray(pair) && pair.length === 2) continue;
    throw badFields(`${option} is a list with ${nameOf(pair)} in it in place of a pair`);
  }
  return (fields as [unknown, unknown][]).map(([name, value]) => [`${name}`, value] as const);
}

function textOf(value: unknown, at: { option: string; name: string }): string {
  const text = typeof value === "symbol" || typeof value === "function" ? "[object" : `${value}`;
  // What has no text of its own; a `Date` or `URL` has.
  if (text.startsWith("[object")) throw badFields(`${at.option}: "${at.name}" is ${nameOf(value)}, which is no text`);
  return text;
}

function badFields(message: string): GateError {
  return new GateError("bad-fields", message, {
    hint: "fields are a plain object, a list of pairs or URLSearchParams; their values are text, numbers, booleans or lists of them",
  });
}
