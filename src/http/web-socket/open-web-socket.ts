import type { LookupFunction } from "node:net";
import { Agent, WebSocket } from "undici";

/**
 * Begins to open a WebSocket whose connection is made with our lookup. Node's own is the same code and takes none; so
 * this is the package's, loaded by those who use it.
 */
export function openWebSocket(
  url: URL,
  options: { readonly protocols: string[]; readonly headers: Record<string, string>; readonly lookup: LookupFunction },
): WebSocket {
  const { protocols, headers, lookup } = options;
  return new WebSocket(url, { protocols, headers, dispatcher: new Agent({ connect: { lookup } }) });
}
