import { type CacheDialect, isWriteDenied, messageIn, refusal, type ServiceCall, textIn } from "./cache-dialect.ts";

const accept = { accept: "application/json;api-version=6.0-preview.1" };
const json = { ...accept, "content-type": "application/json" };

/**
 * The cache service of GitHub Enterprise Server, Gitea and Forgejo (v1): REST, entries in pieces to the service itself.
 * After actions/toolkit, packages/cache: `cacheHttpClient.ts`.
 */
export function restCache({ call }: { readonly call: ServiceCall }): CacheDialect {
  const at = (path: string) => `_apis/artifactcache/${path}`;
  return {
    async find({ key, version }) {
      const path = at(`cache?keys=${encodeURIComponent(key)}&version=${version}`);
      const answer = await call({ method: "GET", path, headers: accept });
      const { status, body } = answer;
      if (status === 204 || status === 404) return undefined;
      if (status === 401 || status === 403)
        return { denied: messageIn(body) || `the cache service answered ${status}` };
      if (status !== 200) throw refusal("a search", answer);
      return { key: textIn(body, "cacheKey"), url: textIn(body, "archiveLocation") };
    },
    async store({ key, version, bytes }) {
      const request = JSON.stringify({ key, version, cacheSize: bytes.length });
      const reserved = await call({ method: "POST", path: at("caches"), headers: json, body: request });
      if (reserved.status === 409) return "exists";
      if (isWriteDenied(reserved)) return "read-only";
      const id = idIn(reserved.body);
      if (reserved.status >= 300 || id === undefined) throw refusal("a reservation", reserved);
      const headers = {
        ...accept,
        "content-type": "application/octet-stream",
        "content-range": `bytes 0-${bytes.length - 1}/*`,
      };
      const sent = await call({ method: "PATCH", path: at(`caches/${id}`), headers, body: bytes });
      if (sent.status >= 300) throw refusal("an upload", sent);
      const size = JSON.stringify({ size: bytes.length });
      const ended = await call({ method: "POST", path: at(`caches/${id}`), headers: json, body: size });
      if (ended.status >= 300) throw refusal("the end of an upload", ended);
      return "saved";
    },
  };
}

function idIn(body: unknown): number | undefined {
  const id = typeof body === "object" && body !== null ? (body as { cacheId?: unknown }).cacheId : undefined;
  return typeof id === "number" ? id : undefined;
}
