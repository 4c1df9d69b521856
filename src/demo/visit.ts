import type { IncomingMessage } from "node:http";
import type { QueryTimer } from "./database.ts";
import type { Session } from "./session.ts";

/** What a route answers. A body that is no text is sent as JSON. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly html?: string;
  readonly json?: unknown;
  /** Sent line by line as they come, each a JSON value. */
  readonly lines?: AsyncIterable<unknown>;
}

/** One request as a route sees it. */
export interface Visit {
  readonly url: URL;
  readonly session: Session;
  readonly timer: QueryTimer;
  /** The values of `{…}` in the route's path. */
  readonly parts: Readonly<Record<string, string>>;
  /** Fields of a form or a JSON object; empty where nothing was sent. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const bodyLimitBytes = 1024 * 1024;

/** A request that is wrong, and the answer it gets. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The fields of a form or JSON body. Throws a Refusal: 413 too large, 415 of another type, 400 not what it says. */
export async function readFields(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bodyLimitBytes) chunks.push(chunk);
  }
  if (bytes > bodyLimitBytes) throw new Refusal(413, "the body is larger than 1 MiB");
  if (bytes === 0) return {};
  const text = Buffer.concat(chunks).toString("utf8");
  const type = request.headers["content-type"]?.split(";")[0]?.trim();
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
  if (type !== "application/json") throw new Refusal(415, "send a form or JSON");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, with JSON that is no object.
  }
  throw new Refusal(400, "the body is not a JSON object");
}

/** A whole number of at least 1 among the fields; throws a Refusal 422 if it is none. */
export function wholeNumber(fields: Readonly<Record<string, unknown>>, name: string, fallback?: number): number {
  const value = Number(fields[name] ?? fallback);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Refusal(422, `${name} must be a whole number of at least 1`);
}
