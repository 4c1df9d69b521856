import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CacheScopes, CacheShelf, scopesClaim, scopesOf } from "./cache-shelf.ts";

interface Answer {
  readonly status: number;
  readonly body?: object;
}

/** One thing that goes wrong on purpose. */
export interface ServiceFault {
  /** Against the path. */
  readonly match: RegExp;
  /** How often; for ever if not given. */
  readonly times?: number;
  readonly status: number;
  readonly body?: object;
}

const main = "refs/heads/main";

/**
 * GitHub's results service on loopback, as the clients of actions/toolkit speak to it: artifacts (CreateArtifact,
 * FinalizeArtifact) and caches (v2: Twirp over JSON; v1: REST), with the blob storage behind signed addresses.
 */
export class ResultsService {
  /** Finished artifacts by name, as the zip that was uploaded. */
  readonly artifacts = new Map<string, Buffer>();
  readonly caches = new CacheShelf();
  readonly calls: { readonly path: string; readonly body: Record<string, unknown> }[] = [];
  #faults: { fault: ServiceFault; left: number }[] = [];
  readonly #blocks = new Map<string, Map<string, Buffer>>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #server = createServer((req, res) => {
    this.#handle(req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** What the runner puts into the environment of a JavaScript action, here of a push to main. */
  get env(): Record<string, string> {
    return this.envFor({ write: main, read: [main] });
  }

  /** The same with a token that may do so much with the cache. */
  envFor(scopes: CacheScopes): Record<string, string> {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { scp: "Actions.Results:run-1:job-1", ...scopesClaim(scopes) };
    return {
      ACTIONS_RUNTIME_TOKEN: `${part({ alg: "none" })}.${part(claims)}.x`,
      ACTIONS_RESULTS_URL: this.url,
      ACTIONS_CACHE_URL: this.url,
      ACTIONS_CACHE_SERVICE_V2: "True",
      GITHUB_SERVER_URL: "https://github.com",
    };
  }

  fail(fault: ServiceFault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  /** Everything works again, and nothing was asked. */
  forget(): void {
    this.#faults = [];
    this.calls.length = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(req.url ?? "/", this.url);
    const spoilt = this.#spoilt(url.pathname);
    if (!spoilt && url.pathname.startsWith("/blob/")) return this.#blob(req, res, { url, body });
    const answer = spoilt ?? this.#answer(req, { url, body });
    res.writeHead(answer.status, { "content-type": "application/json" });
    res.end(answer.body && JSON.stringify(answer.body));
  }

  #spoilt(path: string): Answer | undefined {
    const found = this.#faults.find(({ fault, left }) => left > 0 && fault.match.test(path));
    if (!found) return undefined;
    found.left--;
    return { body: {}, ...found.fault };
  }

  #answer(req: IncomingMessage, { url, body }: { url: URL; body: Buffer }): Answer {
    const scopes = scopesOf(req.headers.authorization);
    const { pathname: path } = url;
    if (/\/repos\/[^/]+\/[^/]+\/actions\/caches$/.test(path)) {
      return { status: 200, body: this.caches.document(url.searchParams) };
    }
    if (path.startsWith("/_apis/artifactcache/")) {
      const call = `${req.method} ${path.slice("/_apis/artifactcache/".length)}`;
      return this.#rest({ call, url, body, scopes, range: req.headers["content-range"] });
    }
    const request = JSON.parse(body.toString()) as Record<string, unknown>;
    this.calls.push({ path, body: request });
    return path.includes("CacheService") ? this.#cache(path, request, scopes) : this.#artifact(path, request);
  }

  #artifact(path: string, request: Record<string, unknown>): Answer {
    const name = String(request.name);
    if (path.endsWith("/CreateArtifact")) {
      if (this.artifacts.has(name)) {
        return { status: 409, body: { code: "already_exists", msg: "an artifact with this name exists" } };
      }
      return { status: 200, body: { ok: true, signed_upload_url: this.#signed(name) } };
    }
    if (path.endsWith("/FinalizeArtifact")) {
      this.artifacts.set(name, this.#blobs.get(name) ?? Buffer.alloc(0));
      return { status: 200, body: { ok: true, artifact_id: String(this.artifacts.size) } };
    }
    return { status: 404, body: { code: "bad_route", msg: path } };
  }

  /** v2: github.com and its data-residency hosts. */
  #cache(path: string, request: Record<string, unknown>, scopes: CacheScopes): Answer {
    const [key, version] = [String(request.key), String(request.version)];
    if (path.endsWith("/GetCacheEntryDownloadURL")) {
      if (scopes.read.length === 0) {
        return { status: 403, body: { code: "permission_denied", msg: "cache read denied: no readable scopes" } };
      }
      const keys = [key, ...((request.restore_keys as string[] | undefined) ?? [])];
      const found = this.caches.find(keys, { version, scopes });
      if (!found) return { status: 200, body: { ok: false } };
      this.#blobs.set(`cache-${found.id}`, found.bytes as Buffer);
      const address = this.#signed(`cache-${found.id}`);
      return { status: 200, body: { ok: true, signed_download_url: address, matched_key: found.key } };
    }
    if (path.endsWith("/CreateCacheEntry")) {
      if (scopes.write === undefined) {
        return { status: 200, body: { ok: false, message: "cache write denied: the token may only read" } };
      }
      const entry = this.caches.reserve({ key, version, ref: scopes.write });
      if (!entry) return { status: 409, body: { code: "already_exists", msg: "cache entry already exists" } };
      return { status: 200, body: { ok: true, signed_upload_url: this.#signed(`cache-${entry.id}`) } };
    }
    const entry = this.caches.entries.find((one) => one.key === key && one.version === version && !one.bytes);
    const bytes = entry && this.#blobs.get(`cache-${entry.id}`);
    if (!entry || bytes?.length !== Number(request.size_bytes)) {
      return { status: 200, body: { ok: false, message: "nothing of that size was uploaded" } };
    }
    entry.bytes = bytes;
    return { status: 200, body: { ok: true, entry_id: String(entry.id) } };
  }

  /** v1: GitHub Enterprise Server, and runners of Gitea's kind. */
  #rest(asked: { call: string; url: URL; body: Buffer; scopes: CacheScopes; range: string | undefined }): Answer {
    const { call, url, body, scopes, range } = asked;
    this.calls.push({ path: call, body: {} });
    if (call === "GET cache") {
      if (scopes.read.length === 0) return { status: 403, body: { message: "cache read denied: no readable scopes" } };
      const keys = (url.searchParams.get("keys") ?? "").split(",");
      const found = this.caches.find(keys, { version: url.searchParams.get("version") ?? "", scopes });
      if (!found) return { status: 204 };
      this.#blobs.set(`cache-${found.id}`, found.bytes as Buffer);
      return {
        status: 200,
        body: { cacheKey: found.key, scope: found.ref, archiveLocation: this.#signed(`cache-${found.id}`) },
      };
    }
    if (call === "POST caches") {
      const { key, version } = JSON.parse(body.toString()) as { key: string; version: string };
      if (scopes.write === undefined) return { status: 403, body: { message: "cache write denied: read only" } };
      const entry = this.caches.reserve({ key, version, ref: scopes.write });
      return entry
        ? { status: 201, body: { cacheId: entry.id } }
        : { status: 409, body: { message: "already exists" } };
    }
    const name = `cache-${call.split("/").at(-1)}`;
    if (call.startsWith("PATCH")) {
      const from = Number(/^bytes (\d+)-/.exec(range ?? "")?.[1]);
      const before = this.#blobs.get(name)?.subarray(0, from) ?? Buffer.alloc(0);
      if (before.length !== from) return { status: 400, body: { message: "pieces out of order" } };
      this.#blobs.set(name, Buffer.concat([before, body]));
      return { status: 204 };
    }
    const entry = this.caches.entries.find(({ id }) => `cache-${id}` === name);
    if (!entry) return { status: 404, body: { message: "no such reservation" } };
    entry.bytes = this.#blobs.get(name);
    return { status: 204 };
  }

  #signed(name: string): string {
    return `${this.url}blob/${encodeURIComponent(name)}?sig=0123456789abcdef`;
  }

  /** As Azure's blob storage: one blob at once, or blocks and their list; read whole. */
  #blob(req: IncomingMessage, res: ServerResponse, { url, body }: { url: URL; body: Buffer }): void {
    const name = decodeURIComponent(url.pathname.slice("/blob/".length));
    const { authorization } = req.headers;
    // The token is the service's; the storage is somebody else.
    if (authorization !== undefined) return void res.writeHead(400).end("InvalidAuthenticationInfo");
    if (req.method === "GET") {
      const blob = this.#blobs.get(name);
      return void res.writeHead(blob ? 200 : 404, { "content-length": blob?.length ?? 0 }).end(blob);
    }
    const comp = url.searchParams.get("comp");
    if (comp === "block") {
      const blocks = this.#blocks.get(name) ?? new Map<string, Buffer>();
      blocks.set(url.searchParams.get("blockid") ?? "", body);
      this.#blocks.set(name, blocks);
    } else if (comp === "blocklist") {
      const ids = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map((match) => match[1] ?? "");
      this.#blobs.set(name, Buffer.concat(ids.map((id) => this.#blocks.get(name)?.get(id) ?? Buffer.alloc(0))));
    } else if (req.headers["x-ms-blob-type"] !== "BlockBlob") {
      return void res.writeHead(400).end("MissingRequiredHeader: x-ms-blob-type");
    } else this.#blobs.set(name, body);
    res.writeHead(201, { etag: '"1"', "last-modified": new Date(0).toUTCString(), "x-ms-request-id": "1" }).end();
  }
}
