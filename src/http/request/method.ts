import { GateError } from "../../base/errors.ts";

/** As it is sent: in capitals. Throws a GateError if it is no token (RFC 9110, 9.1), and would end the request's line. */
export function methodOf(method: string): string {
  if (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) return method.toUpperCase();
  throw new GateError("bad-method", `${JSON.stringify(method)} is not a method`, {
    hint: "a method is one word, such as GET or PURGE",
  });
}
