import { closest, distance } from "fastest-levenshtein";
import { escapeGlob } from "../glob.ts";
import type { ThresholdResult } from "../promise.ts";
import { type Cursor, describe } from "./cursor.ts";
import { parseMetric, type ThresholdMetric, unitOf } from "./metric.ts";
import { parseOperator } from "./operator.ts";
import { parseQuantity } from "./quantity.ts";

const metrics = ["http_req_duration", "http_req_failed", "http_reqs"] as const;

/** The families of metrics k6 has of itself: those that are not ours are refused by name. */
const families = /^(?:http_req|iteration|vus|data_|checks|dropped_|group_|ws_|grpc_|browser_)/;

/** Whether the line is k6's: it begins with one of its metrics. */
export function isK6Metric(cursor: Cursor): boolean {
  const { kind, text } = cursor.peek();
  return kind === "word" && families.test(text);
}

interface K6Promise {
  readonly metric: ThresholdMetric;
  readonly operator: ThresholdResult["operator"];
  readonly value: number;
  readonly of: string | null;
}

/** `http_req_duration{name:/item}: p(95)<300`; k6's bare times are milliseconds, as ours. */
export function parseK6(cursor: Cursor): K6Promise {
  const token = cursor.next();
  const name = metrics.find((known) => known === token.text);
  if (!name) {
    const near = closest(token.text, [...metrics]);
    const isNear = distance(near, token.text) <= 3;
    cursor.fail(
      `k6's metric "${token.text}" is not measured here`,
      isNear ? `did you mean ${near}?` : `${metrics.join(", ")} are`,
      token,
    );
  }
  const of = cursor.take("{") ? parseTags(cursor) : null;
  cursor.expect(":", `after ${name}`);
  const metric = parseAggregate(cursor, name);
  const operator = parseOperator(cursor);
  return { metric, operator, value: parseQuantity(cursor, unitOf(metric)).value, of };
}

function parseAggregate(cursor: Cursor, name: (typeof metrics)[number]): ThresholdMetric {
  const token = cursor.peek();
  if (name === "http_req_duration") {
    const metric = parseMetric(cursor);
    if (unitOf(metric) === "ms") return metric;
    return cursor.fail(`http_req_duration has no "${token.text}"`, "it has avg, min, med, max, p(95)", token);
  }
  cursor.next();
  if (name === "http_req_failed" && token.text === "rate") return { kind: "errors" };
  if (name === "http_reqs" && token.text === "rate") return { kind: "rps" };
  if (name === "http_reqs" && token.text === "count") return { kind: "requests" };
  const has = name === "http_reqs" ? "rate and count" : "rate";
  return cursor.fail(`${name} has ${has}, found ${describe(token)}`, undefined, token);
}

/** `{name:/item,method:GET}`: the two tags that say an endpoint. */
function parseTags(cursor: Cursor): string {
  const tags = new Map<string, string>();
  do {
    const tag = cursor.next();
    if (tag.text !== "name" && tag.text !== "method") {
      cursor.fail(`the tag "${tag.text}" is not kept here`, "name and method are", tag);
    }
    cursor.expect(":", "after the tag");
    tags.set(tag.text, tagText(cursor));
  } while (cursor.take(","));
  cursor.expect("}", "after the tags");
  const [method, path] = [tags.get("method"), tags.get("name")];
  return `${method === undefined ? "*" : escapeGlob(method)} ${path === undefined ? "*" : escapeGlob(path)}`;
}

/** What stands up to the next `,` or `}`, spaces within it too. */
function tagText(cursor: Cursor): string {
  const start = cursor.peek();
  if (start.kind === "string") return cursor.next().text;
  let depth = 0;
  let end = start.start;
  for (let token = cursor.peek(); token.kind !== "end"; token = cursor.peek()) {
    // A name may hold braces of its own: {name:/item/{id}}.
    if (depth === 0 && (token.text === "," || token.text === "}")) break;
    if (token.text === "{") depth++;
    if (token.text === "}") depth--;
    end = cursor.next().end;
  }
  const text = cursor.source.slice(start.start, end);
  return text === "" ? cursor.fail("a tag without a value") : text;
}
