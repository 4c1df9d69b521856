import {
  type CacheDialect,
  isWriteDenied,
  messageIn,
  refusal,
  type ServiceAnswer,
  type ServiceCall,
  type StoragePut,
  textIn,
} from "./cache-dialect.ts";

/**
 * The cache service of github.com (v2): Twirp over JSON, entries as blobs behind signed addresses. After
 * actions/toolkit, packages/cache: `cache.twirp-client.ts`, `uploadUtils.ts`.
 */
export function twirpCache({ call, put }: { readonly call: ServiceCall; readonly put: StoragePut }): CacheDialect {
  const ask = (method: string, request: object): Promise<ServiceAnswer> =>
    call({
      method: "POST",
      path: `/twirp/github.actions.results.api.v1.CacheService/${method}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
  return {
    async find({ key, version }) {
      const answer = await ask("GetCacheEntryDownloadURL", { key, restore_keys: [key], version });
      const { status, body } = answer;
      if (status === 401 || status === 403)
        return { denied: messageIn(body) || `the cache service answered ${status}` };
      if (status === 404 || (status === 200 && !isOk(body))) return undefined;
      if (status !== 200) throw refusal("GetCacheEntryDownloadURL", answer);
      return { key: textIn(body, "matched_key"), url: textIn(body, "signed_download_url") };
    },
    async store({ key, version, bytes }) {
      const reserved = await ask("CreateCacheEntry", { key, version });
      if (isWriteDenied(reserved)) return "read-only";
      if (reserved.status === 409) return "exists";
      if (reserved.status !== 200 || !isOk(reserved.body)) throw refusal("CreateCacheEntry", reserved);
      const headers = { "x-ms-blob-type": "BlockBlob", "content-type": "application/octet-stream" };
      const status = await put(textIn(reserved.body, "signed_upload_url"), { headers, body: bytes });
      if (status !== 201 && status !== 200) throw new Error(`the cache's storage answered ${status}`);
      const ended = await ask("FinalizeCacheEntryUpload", { key, version, size_bytes: String(bytes.length) });
      if (ended.status !== 200 || !isOk(ended.body)) throw refusal("FinalizeCacheEntryUpload", ended);
      return "saved";
    },
  };
}

function isOk(body: unknown): boolean {
  return typeof body === "object" && body !== null && (body as { ok?: unknown }).ok === true;
}
