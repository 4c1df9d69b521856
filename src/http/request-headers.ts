import type { Auth, RequestOptions } from "./options.ts";

/** The value of an `Authorization` header. */
export function authorization(auth: Auth): string {
  if (typeof auth === "string") return `Bearer ${auth}`;
  const [user, password] = "username" in auth ? [auth.username, auth.password] : auth;
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** Headers that carry a secret of one host. */
export const isPrivate = (name: string) => /^(?:authorization|cookie|proxy-authorization)$/i.test(name);

/** What a request adds to its headers; `null` leaves one out. */
export function* entriesOf(headers: RequestOptions["headers"]): Generator<[string, string | null]> {
  if (!headers) return;
  if (headers instanceof Headers) {
    yield* headers;
    return;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) yield [name, value === null ? null : `${value}`];
  }
}
