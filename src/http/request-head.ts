import type { Carried } from "./transport.ts";

/** What is written in front of a request's body (RFC 9112, 3 and 5). */
export function requestHead({ method, path, address, headers, body }: Carried): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${headers.host ?? address.host}\r\n${headers.text}`;
  // The user's own is among the headers, and is the body's.
  if (headers.contentLength !== undefined) return `${head}\r\n`;
  // RFC 9110 8.6: methods that define a body say so when they have none.
  if (body || method === "POST" || method === "PUT" || method === "PATCH") {
    return `${head}content-length: ${body?.length ?? 0}\r\n\r\n`;
  }
  return `${head}\r\n`;
}
