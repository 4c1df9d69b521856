import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * GitHub's results service on loopback, as far as an upload needs it: CreateArtifact, blocks to the blob storage,
 * FinalizeArtifact (Twirp over JSON, as @actions/artifact speaks it).
 */
export class ResultsService {
  /** Finished artifacts by name, as the zip that was uploaded. */
  readonly artifacts = new Map<string, Buffer>();
  readonly calls: { readonly path: string; readonly body: Record<string, unknown> }[] = [];
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

  /** What the runner puts into the environment of a JavaScript action. */
  get env(): Record<string, string> {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "none" })}.${part({ scp: "Actions.Results:run-1:job-1" })}.x`;
    return { ACTIONS_RUNTIME_TOKEN: token, ACTIONS_RESULTS_URL: this.url, GITHUB_SERVER_URL: "https://github.com" };
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
    if (url.pathname.startsWith("/twirp/")) {
      const { status, answer } = this.#twirp(url.pathname, body);
      res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      return;
    }
    const name = decodeURIComponent(url.pathname.slice("/blob/".length));
    if (url.searchParams.get("comp") === "block") {
      const blocks = this.#blocks.get(name) ?? new Map<string, Buffer>();
      blocks.set(url.searchParams.get("blockid") ?? "", body);
      this.#blocks.set(name, blocks);
    } else if (url.searchParams.get("comp") === "blocklist") {
      const ids = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map((match) => match[1] ?? "");
      this.#blobs.set(name, Buffer.concat(ids.map((id) => this.#blocks.get(name)?.get(id) ?? Buffer.alloc(0))));
    } else this.#blobs.set(name, body);
    res.writeHead(201, { etag: '"1"', "last-modified": new Date(0).toUTCString(), "x-ms-request-id": "1" }).end();
  }

  #twirp(path: string, request: Buffer): { readonly status: number; readonly answer: object } {
    const body = JSON.parse(request.toString()) as Record<string, unknown>;
    this.calls.push({ path, body });
    const name = String(body.name);
    if (path.endsWith("/CreateArtifact")) {
      if (this.artifacts.has(name)) {
        return { status: 409, answer: { code: "already_exists", msg: "an artifact with this name exists" } };
      }
      const address = `${this.url}blob/${encodeURIComponent(name)}?sig=0123456789abcdef`;
      return { status: 200, answer: { ok: true, signed_upload_url: address } };
    }
    if (path.endsWith("/FinalizeArtifact")) {
      this.artifacts.set(name, this.#blobs.get(name) ?? Buffer.alloc(0));
      return { status: 200, answer: { ok: true, artifact_id: String(this.artifacts.size) } };
    }
    return { status: 404, answer: { code: "bad_route", msg: path } };
  }
}
