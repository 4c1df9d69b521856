import type { Carried } from "./transport.ts";

/** Bytes of an upload that the request's head promises; undefined where it goes in chunks. */
export function promisedLength({ upload, headers }: Pick<Carried, "upload" | "headers">): number | undefined {
  // A length of the user's own counts where the source has none: nobody else knows it.
  return upload?.length ?? (headers.contentLength === undefined ? undefined : Number(headers.contentLength));
}

/** What is written in front of a request's body (RFC 9112, 3 and 5). */
export function requestHead(request: Carried): string {
  const { method, path, address, headers } = request;
  return `${method} ${path} HTTP/1.1\r\nhost: ${headers.host ?? address.host}\r\n${headers.text}${framing(request)}\r\n`;
}

/** How the body ends (RFC 9112 6), unless a header of the user's own says it already. */
function framing(request: Carried): string {
  const { method, headers, body, upload } = request;
  if (headers.contentLength !== undefined) return "";
  if (upload) return upload.length === undefined ? "transfer-encoding: chunked\r\n" : lengthLine(upload.length);
  // RFC 9110 8.6: methods that define a body say so when they have none.
  if (body || method === "POST" || method === "PUT" || method === "PATCH") return lengthLine(body?.length ?? 0);
  return "";
}

const lengthLine = (bytes: number) => `content-length: ${bytes}\r\n`;
