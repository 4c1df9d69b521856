import { createHash } from "node:crypto";
import type { CacheShelf } from "./cache-shelf.ts";
import type { Reply, Seen } from "./fault-proxy.ts";

export interface DeploymentSeed {
  readonly sha: string;
  readonly environment: string;
  readonly ref?: string;
  /** Newest last. */
  readonly statuses?: readonly { readonly state: string; readonly url?: string; readonly description?: string }[];
}

export interface ArtifactSeed {
  readonly name: string;
  readonly zip: Buffer;
  readonly runId: number;
  readonly expired?: boolean;
  /** What the listing claims, if not the truth. */
  readonly claimedBytes?: number;
}

/** A workflow run that is over. */
export interface RunSeed {
  readonly id: number;
  readonly event: string;
  readonly branch: string;
  readonly sha: string;
  readonly conclusion?: string;
  /** Of the head; the repository itself is 1. */
  readonly headRepositoryId?: number;
}

export interface StatusPosted {
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly target_url: string | null;
}

export interface PullFacts {
  readonly number: number;
  readonly headSha: string;
  readonly branch: string;
  /** `owner/name` the head lives in. */
  readonly headRepository: string;
  readonly document: Record<string, unknown>;
}

/** Parts of GitHub's API that the emulator does not have: deployments, commit statuses, artifacts, commit look-ups. */
export class GitHubSupplement {
  readonly statuses: StatusPosted[] = [];
  /** What the Actions cache holds, where a test has one. */
  caches: CacheShelf | undefined;
  /** The repository as the emulator describes it. */
  repositoryDocument: Record<string, unknown> = { id: 1 };
  readonly #artifacts: (ArtifactSeed & { id: number })[] = [];
  #deployments: (DeploymentSeed & { id: number; at: number })[] = [];
  readonly #runs: RunSeed[] = [];
  #nextId = 1000;
  readonly #repository: string;
  readonly #pulls: () => readonly PullFacts[];
  readonly #ownCommits: () => Readonly<Record<string, string>>;
  readonly #base: () => string;

  constructor(options: {
    /** `owner/name`. */
    readonly repository: string;
    readonly pulls: () => readonly PullFacts[];
    /** Branch name to the commit it points at. */
    readonly branches: () => Readonly<Record<string, string>>;
    readonly baseUrl: () => string;
  }) {
    this.#repository = options.repository;
    this.#pulls = options.pulls;
    this.#ownCommits = options.branches;
    this.#base = options.baseUrl;
  }

  addDeployment(seed: DeploymentSeed): number {
    const id = this.#nextId++;
    this.#deployments.push({ ...seed, id, at: id });
    return id;
  }

  setDeploymentStatuses(id: number, statuses: NonNullable<DeploymentSeed["statuses"]>): void {
    this.#deployments = this.#deployments.map((d) => (d.id === id ? { ...d, statuses } : d));
  }

  addArtifact(seed: ArtifactSeed): number {
    const id = this.#nextId++;
    this.#artifacts.push({ ...seed, id });
    return id;
  }

  addRun(run: RunSeed): void {
    this.#runs.push(run);
  }

  answer(seen: Seen): Reply | undefined {
    const url = new URL(seen.path, "http://x");
    const prefix = `/repos/${this.#repository}`;
    if (url.pathname.startsWith("/_blob/")) return this.#blob(url);
    if (!url.pathname.startsWith(prefix)) return undefined;
    const rest = decodeURIComponent(url.pathname.slice(prefix.length));
    const reply = this.#route(seen, rest, url.searchParams);
    return reply === undefined ? undefined : withEtag(seen, reply);
  }

  #route(seen: Seen, rest: string, query: URLSearchParams): Reply | undefined {
    const call = `${seen.method} ${rest}`;
    let match: RegExpExecArray | null;
    if (call === "GET /deployments") return this.#listDeployments(query);
    match = /^GET \/deployments\/(\d+)\/statuses$/.exec(call);
    if (match) return this.#listStatuses(Number(match[1]));
    match = /^POST \/statuses\/([0-9a-f]{40})$/.exec(call);
    if (match) return this.#postStatus(match[1] as string, JSON.parse(seen.body) as Record<string, string>);
    match = /^GET \/commits\/([0-9a-f]{40})\/pulls$/.exec(call);
    if (match) {
      // Measured on github.com by several projects: for the head of a fork the list is empty.
      const own = this.#pulls().filter((p) => p.headRepository === this.#repository && p.headSha === match?.[1]);
      return { status: 200, body: own.map((p) => p.document) };
    }
    match = /^GET \/commits\/([0-9a-f]{40})\/branches-where-head$/.exec(call);
    if (match) {
      const heads = Object.entries(this.#ownCommits()).filter(([, sha]) => sha === match?.[1]);
      const commit = { sha: match[1], url: `${this.#base()}/commits/${match[1]}` };
      return { status: 200, body: heads.map(([name]) => ({ name, commit, protected: false })) };
    }
    match = /^GET \/actions\/runs\/(\d+)\/artifacts$/.exec(call);
    if (match) return this.#listArtifacts((a) => a.runId === Number(match?.[1]), query);
    if (call === "GET /actions/artifacts") return this.#listArtifacts(() => true, query);
    match = /^GET \/actions\/artifacts\/(\d+)\/zip$/.exec(call);
    if (match) return this.#redirect(Number(match[1]));
    match = /^GET \/actions\/runs\/(\d+)$/.exec(call);
    if (match) {
      const run = this.#runs.find(({ id }) => id === Number(match?.[1]));
      return run === undefined
        ? { status: 404, body: { message: "Not Found" } }
        : { status: 200, body: this.#run(run) };
    }
    if (call === "GET /actions/caches" && this.caches) return { status: 200, body: this.caches.document(query) };
    if (call === "GET /actions/runs") return this.#listRuns(query);
    return undefined;
  }

  #listDeployments(query: URLSearchParams): Reply {
    const rows = this.#deployments
      .filter((d) => (query.get("sha") ?? d.sha) === d.sha)
      .filter((d) => (query.get("environment") ?? d.environment) === d.environment)
      .filter((d) => (query.get("ref") ?? d.ref ?? d.sha) === (d.ref ?? d.sha))
      .sort((a, b) => b.at - a.at);
    const api = `${this.#base()}/repos/${this.#repository}`;
    const body = rows.map((d) => ({
      url: `${api}/deployments/${d.id}`,
      id: d.id,
      node_id: `D_${d.id}`,
      sha: d.sha,
      ref: d.ref ?? d.sha,
      task: "deploy",
      payload: {},
      original_environment: d.environment,
      environment: d.environment,
      description: null,
      creator: null,
      created_at: stamp(d.at),
      updated_at: stamp(d.at),
      statuses_url: `${api}/deployments/${d.id}/statuses`,
      repository_url: api,
      transient_environment: true,
      production_environment: false,
    }));
    return { status: 200, body };
  }

  #listStatuses(id: number): Reply {
    const deployment = this.#deployments.find((d) => d.id === id);
    if (deployment === undefined) return { status: 404, body: { message: "Not Found" } };
    const api = `${this.#base()}/repos/${this.#repository}`;
    const body = (deployment.statuses ?? []).map((s, i) => ({
      url: `${api}/deployments/${id}/statuses/${i}`,
      id: id * 100 + i,
      node_id: `DS_${i}`,
      state: s.state,
      creator: null,
      description: s.description ?? "",
      environment: deployment.environment,
      target_url: s.url ?? "",
      environment_url: s.url ?? "",
      log_url: "",
      created_at: stamp(id + i),
      updated_at: stamp(id + i),
      deployment_url: `${api}/deployments/${id}`,
      repository_url: api,
    }));
    return { status: 200, body: body.reverse() };
  }

  #postStatus(sha: string, body: Record<string, string>): Reply {
    if ((body.description ?? "").length > 140) {
      return {
        status: 422,
        body: { message: "Validation Failed: description is too long (maximum is 140 characters)" },
      };
    }
    const posted: StatusPosted = {
      sha,
      state: body.state ?? "",
      context: body.context ?? "default",
      description: body.description ?? "",
      target_url: body.target_url ?? null,
    };
    this.statuses.push(posted);
    const id = this.#nextId++;
    const api = `${this.#base()}/repos/${this.#repository}`;
    return {
      status: 201,
      body: {
        url: `${api}/statuses/${sha}`,
        avatar_url: null,
        id,
        node_id: `S_${id}`,
        state: posted.state,
        description: posted.description,
        target_url: posted.target_url,
        context: posted.context,
        created_at: stamp(id),
        updated_at: stamp(id),
        creator: null,
      },
    };
  }

  #listRuns(query: URLSearchParams): Reply {
    const rows = this.#runs
      .filter((run) => (query.get("branch") ?? run.branch) === run.branch)
      .filter((run) => (query.get("event") ?? run.event) === run.event)
      .filter((run) => ["completed", run.conclusion ?? "success"].includes(query.get("status") ?? "completed"))
      .sort((a, b) => b.id - a.id);
    return { status: 200, body: { total_count: rows.length, workflow_runs: rows.map((run) => this.#run(run)) } };
  }

  #run(run: RunSeed): Record<string, unknown> {
    const api = `${this.#base()}/repos/${this.#repository}`;
    const url = `${api}/actions/runs/${run.id}`;
    return {
      id: run.id,
      name: "load test",
      node_id: `R_${run.id}`,
      head_branch: run.branch,
      head_sha: run.sha,
      path: ".github/workflows/load-test.yml",
      display_title: "load test",
      run_number: run.id % 1000,
      run_attempt: 1,
      event: run.event,
      status: "completed",
      conclusion: run.conclusion ?? "success",
      workflow_id: 1,
      check_suite_id: 1,
      url,
      html_url: url,
      pull_requests: [],
      created_at: stamp(run.id),
      updated_at: stamp(run.id),
      jobs_url: `${url}/jobs`,
      logs_url: `${url}/logs`,
      check_suite_url: `${api}/check-suites/1`,
      artifacts_url: `${url}/artifacts`,
      cancel_url: `${url}/cancel`,
      rerun_url: `${url}/rerun`,
      workflow_url: `${api}/actions/workflows/1`,
      head_commit: null,
      repository: this.repositoryDocument,
      head_repository: { ...this.repositoryDocument, id: run.headRepositoryId ?? this.repositoryDocument.id },
    };
  }

  #listArtifacts(keep: (a: ArtifactSeed) => boolean, query: URLSearchParams): Reply {
    const api = `${this.#base()}/repos/${this.#repository}`;
    const rows = this.#artifacts.filter(keep).filter((a) => (query.get("name") ?? a.name) === a.name);
    const artifacts = rows.map((a) => ({
      workflow_run: this.#runOf(a),
      id: a.id,
      node_id: `A_${a.id}`,
      name: a.name,
      size_in_bytes: a.claimedBytes ?? a.zip.length,
      url: `${api}/actions/artifacts/${a.id}`,
      archive_download_url: `${api}/actions/artifacts/${a.id}/zip`,
      expired: a.expired ?? false,
      created_at: stamp(a.id),
      expires_at: stamp(a.id + 1),
      updated_at: stamp(a.id),
    }));
    return { status: 200, body: { total_count: artifacts.length, artifacts } };
  }

  #runOf(artifact: ArtifactSeed): Record<string, unknown> {
    const run = this.#runs.find(({ id }) => id === artifact.runId);
    if (run === undefined) return { id: artifact.runId };
    const { id, branch, sha, headRepositoryId = 1 } = run;
    return { id, repository_id: 1, head_repository_id: headRepositoryId, head_branch: branch, head_sha: sha };
  }

  #redirect(id: number): Reply {
    const artifact = this.#artifacts.find((a) => a.id === id);
    if (artifact === undefined) return { status: 404, body: { message: "Not Found" } };
    if (artifact.expired === true) return { status: 410, body: { message: "Artifact has expired" } };
    // Another host, as on GitHub: whoever sends the token along is seen to do so.
    const elsewhere = this.#base().replace("127.0.0.1", "localhost");
    return { status: 302, headers: { location: `${elsewhere}/_blob/${id}?sig=1` } };
  }

  #blob(url: URL): Reply {
    const artifact = this.#artifacts.find((a) => a.id === Number(url.pathname.split("/").at(-1)));
    if (artifact === undefined) return { status: 404 };
    return { status: 200, headers: { "content-type": "application/zip" }, body: artifact.zip };
  }
}

function stamp(n: number): string {
  return new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

function withEtag(seen: Seen, reply: Reply): Reply {
  if (seen.method !== "GET" || reply.status !== 200 || Buffer.isBuffer(reply.body)) return reply;
  const etag = `"${createHash("sha256").update(JSON.stringify(reply.body)).digest("hex")}"`;
  if (seen.headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
  return { ...reply, headers: { ...reply.headers, etag } };
}
