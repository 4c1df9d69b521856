import { GateError } from "../../base/errors.ts";
import type { HeaderList } from "../header-list.ts";
import type { Auth, RequestOptions } from "./options.ts";

/** The value of an `Authorization` header. */
export function authorization(auth: Auth): string {
  if (typeof auth === "string") return `Bearer ${auth}`;
  const [user, password] = "username" in auth ? [auth.username, auth.password] : auth;
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** What the headers of one hop follow from, beside what all of its user's requests carry. */
export interface HopFacts {
  readonly options: Pick<RequestOptions, "headers" | "auth">;
  /** Credentials written in the URL that was called. */
  readonly urlAuth: Auth | undefined;
  readonly contentType: string | undefined;
  /** Bytes; undefined for a body of unknown length, 0 for none. */
  readonly bodyLength: number | undefined;
  /** A redirect went to another origin, now or before. */
  readonly crossedOrigin: boolean;
  /** A redirect left the body behind, now or before. */
  readonly bodyDropped: boolean;
}

/** Headers that are meant for one origin: its secrets, and its name. */
const ofOneOrigin = ["authorization", "cookie", "proxy-authorization", "host"];
/** Headers that speak of the body. */
const ofTheBody = ["content-type", "content-length"];

/** The headers of one hop, but for what the cookie jar adds. Throws GateError `bad-header`. */
export function hopHeaders(base: HeaderList, hop: HopFacts): HeaderList {
  const { options, urlAuth, contentType, crossedOrigin, bodyDropped } = hop;
  const { headers } = options;
  const auth = crossedOrigin ? undefined : (options.auth ?? urlAuth);
  // The ordinary request adds nothing.
  if (!headers && !auth && !contentType && !crossedOrigin && !bodyDropped) return base;
  const left = new Set([...(crossedOrigin ? ofOneOrigin : []), ...(bodyDropped ? ofTheBody : [])]);
  const changes: (readonly [string, string | null])[] = [...left].map((name) => [name, null] as const);
  if (contentType) changes.push(["content-type", contentType]);
  if (auth) changes.push(["authorization", authorization(auth)]);
  for (const entry of entriesOf(headers)) if (!left.has(entry[0].toLowerCase())) changes.push(entry);
  return base.with(changes);
}

/** Throws GateError `bad-header` for a `Content-Length` of the user's own that is not the body's. */
export function checkLength({ contentLength }: HeaderList, bodyLength: number | undefined): void {
  if (contentLength === undefined) return;
  if (/^\d+$/.test(contentLength) && (bodyLength === undefined || Number(contentLength) === bodyLength)) return;
  const body = bodyLength === undefined ? "that is no number of bytes" : `the body has ${bodyLength} bytes`;
  throw new GateError("bad-header", `Content-Length is set to "${contentLength}", and ${body}`, {
    hint: "leave it out: it is counted from the body",
  });
}

/** What a request adds to its headers; `null` leaves one out. */
function* entriesOf(headers: RequestOptions["headers"]): Generator<[string, string | null]> {
  if (!headers) return;
  if (headers instanceof Headers) {
    yield* headers;
    return;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) yield [name, value === null ? null : `${value}`];
  }
}
