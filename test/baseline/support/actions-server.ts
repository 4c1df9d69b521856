import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeRun {
  readonly id: number;
  event: string;
  conclusion: string | null;
  head_branch: string;
  headRepositoryId: number;
}

interface FakeArtifact {
  readonly id: number;
  readonly name: string;
  readonly runId: number;
  readonly zip: Buffer;
  expired: boolean;
}

const repositoryId = 77;

/** Runs and artifacts of one repository, by GitHub's REST paths, on loopback. */
export class ActionsServer {
  readonly runs: FakeRun[] = [];
  readonly artifacts: FakeArtifact[] = [];
  readonly seen: string[] = [];
  /** Answers every listing so, if set. */
  refusal: { readonly status: number; readonly message: string } | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ActionsServer> {
    const server = createServer();
    const self = new ActionsServer(server);
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", "http://x");
      self.seen.push(`${request.method} ${url.pathname}`);
      const { status, body, location } = self.#answer(url);
      const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? {});
      response.writeHead(status, location ? { location } : {}).end(bytes);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A finished run on main that uploaded an archive. */
  add({
    name = "swarmgate-baseline-api",
    zip,
    ...run
  }: { name?: string; zip: Buffer } & Partial<Omit<FakeRun, "id">>): number {
    const id = 1000 + this.runs.length;
    this.runs.push({
      id,
      event: "push",
      conclusion: "success",
      head_branch: "main",
      headRepositoryId: repositoryId,
      ...run,
    });
    this.artifacts.push({ id: 5000 + this.artifacts.length, name, runId: id, zip, expired: false });
    return id;
  }

  #answer(url: URL): { status: number; body?: unknown; location?: string } {
    const path = url.pathname.replace("/repos/octo/shop/actions", "");
    const id = Number(/\d+/.exec(path)?.[0]);
    if (path.startsWith("/blob/")) return { status: 200, body: this.artifacts.find((a) => a.id === id)?.zip ?? "" };
    if (this.refusal) return { status: this.refusal.status, body: { message: this.refusal.message } };
    if (path === "/artifacts") return this.#list(url.searchParams);
    if (path.startsWith("/runs/")) return this.#run(id);
    const artifact = this.artifacts.find((candidate) => candidate.id === id);
    if (!artifact) return { status: 404, body: { message: "Not Found" } };
    if (artifact.expired) return { status: 410, body: { message: "Artifact has expired" } };
    return { status: 302, location: `${this.url}/blob/${id}` };
  }

  #list(query: URLSearchParams) {
    const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 30)];
    const all = this.artifacts.filter(({ name }) => name === query.get("name")).reverse();
    const artifacts = all.slice((page - 1) * size, page * size).map(({ id, name, runId, expired }) => {
      const run = this.runs.find((candidate) => candidate.id === runId);
      const workflow_run = {
        id: runId,
        repository_id: repositoryId,
        head_repository_id: run?.headRepositoryId,
        head_branch: run?.head_branch,
      };
      return { id, name, expired, workflow_run };
    });
    return { status: 200, body: { total_count: all.length, artifacts } };
  }

  #run(id: number) {
    const run = this.runs.find((candidate) => candidate.id === id);
    if (!run) return { status: 404, body: { message: "Not Found" } };
    const { headRepositoryId, ...rest } = run;
    return {
      status: 200,
      body: { ...rest, repository: { id: repositoryId }, head_repository: { id: headRepositoryId } },
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
