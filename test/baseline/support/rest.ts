import type { RestRequest } from "../../../src/baseline/github-port.ts";

/** The port of a store, on a real connection. */
export function restOver(base: string, token: string): RestRequest {
  return async (method, path, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };
}

/** Reads an archive as the client does: the redirect is followed, 410 is null. */
export function downloadOver(base: string) {
  return async (path: string, { limitBytes }: { readonly limitBytes: number }): Promise<Buffer | null> => {
    const response = await fetch(`${base}${path}`);
    if (response.status === 410) return null;
    if (!response.ok) throw new Error(`the download answered ${response.status}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length > limitBytes) throw new Error("too large");
    return bytes;
  };
}
