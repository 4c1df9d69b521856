import type { Denied } from "../../baseline/cache-store.ts";

/** What a call of the cache service came to. */
export interface ServiceAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown;
}

/** One call of the service, with its token, tried again while it has trouble of its own. */
export type ServiceCall = (call: {
  readonly method: "GET" | "POST" | "PATCH";
  /** Relative to the service's address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}) => Promise<ServiceAnswer>;

/** A plain HTTP exchange with the storage behind the service, without the token. */
export type StoragePut = (
  url: string,
  put: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer },
) => Promise<number>;

/**
 * The two ways the Actions cache is spoken to. An entry's version is any 64 hexadecimal digits: entries are found only
 * by those who ask for the same.
 */
export interface CacheDialect {
  /** Where an entry lies; by prefix the newest that this run may see. */
  find(which: {
    readonly key: string;
    readonly version: string;
  }): Promise<{ readonly key: string; readonly url: string } | Denied | undefined>;
  store(entry: {
    readonly key: string;
    readonly version: string;
    readonly bytes: Buffer;
  }): Promise<"saved" | "exists" | "read-only">;
}

/** What the service says first when the run's token may only read (or not even that). */
const writeDenied = /^cache write denied:/i;

export function isWriteDenied({ status, body }: ServiceAnswer): boolean {
  return status === 401 || status === 403 || writeDenied.test(messageIn(body));
}

/** The service's own words, in whichever field they stand; empty if it said nothing. */
export function messageIn(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  const { msg, message } = body as { msg?: unknown; message?: unknown };
  const said = typeof msg === "string" ? msg : message;
  return typeof said === "string" ? said.slice(0, 300) : "";
}

export function textIn(body: unknown, name: string): string {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  if (typeof value !== "string" || value === "") throw new Error(`the cache service's answer has no ${name}`);
  return value;
}

/** An answer that is no answer, as an error for people. */
export function refusal(what: string, { status, body }: ServiceAnswer): Error {
  const said = messageIn(body);
  if (/insufficient usage/i.test(said)) return new Error(`the repository's quota for caches is used up (${said})`);
  return new Error(`the cache service answered ${status} to ${what}${said ? `: ${said}` : ""}`);
}
