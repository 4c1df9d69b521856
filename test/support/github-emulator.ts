import { createEmulator } from "emulate";
import { type Fault, FaultProxy, type Reply, type Seen } from "./fault-proxy.ts";
import { GitHubSupplement, type PullFacts } from "./github-supplement.ts";
import { openApiProblems } from "./openapi-check.ts";

/** Tokens the emulator knows; every other one is refused with 401, as on GitHub. */
export const tokens = {
  /** The repository's owner, a person. */
  owner: "ghp_owner0000000000000000000000000000000001",
  /** What `${{ github.token }}` is: github-actions[bot], which may not ask who it is. */
  actions: "ghs_actions00000000000000000000000000000002",
  /** The same in a run of a fork's pull request or of Dependabot: it may only read. */
  readOnly: "ghs_readonly0000000000000000000000000000003",
  /** A stranger with an account. */
  stranger: "ghp_stranger000000000000000000000000000004",
} as const;

export const botLogin = "github-actions[bot]";
const owner = "octo";
const repo = "shop";

export interface SeededPull {
  readonly number: number;
  readonly headSha: string;
  readonly baseSha: string;
  readonly branch: string;
  readonly headOwner: string;
}

export interface SeededComment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

/**
 * GitHub on loopback: a stateful emulator behind a proxy that mends what the emulator lacks, fails on request, and
 * holds both sides' messages against GitHub's OpenAPI description.
 */
export class GitHubEmulator {
  readonly owner = owner;
  readonly repo = repo;
  readonly supplement: GitHubSupplement;
  /** What GitHub's OpenAPI description does not allow, in requests or answers. */
  readonly violations: string[] = [];
  readonly proxy: FaultProxy;
  readonly #pulls: PullFacts[] = [];
  readonly #branches: Record<string, string> = {};
  #upstream = "";
  #forked = false;
  #close: () => Promise<void> = () => Promise.resolve();

  private constructor() {
    this.supplement = new GitHubSupplement({
      repository: `${owner}/${repo}`,
      pulls: () => this.#pulls,
      branches: () => this.#branches,
      baseUrl: () => this.proxy.url,
    });
    this.proxy = new FaultProxy({
      answer: (seen) => refusal(seen) ?? this.supplement.answer(seen),
      mend: (seen, reply) => mend(seen, this.#relink(reply)),
      observe: (seen, reply) => this.#observe(seen, reply),
    });
  }

  static async start(): Promise<GitHubEmulator> {
    const github = new GitHubEmulator();
    await github.proxy.listen();
    const emulator = await createEmulator({
      service: "github",
      port: 0,
      seed: {
        tokens: {
          [tokens.owner]: { login: owner, scopes: ["repo"] },
          [tokens.actions]: { login: botLogin, scopes: ["repo"] },
          [tokens.readOnly]: { login: botLogin, scopes: ["repo"] },
          [tokens.stranger]: { login: "mallory", scopes: ["repo"] },
        },
        github: {
          users: [{ login: owner }, { login: "mallory" }, { login: botLogin }],
          repos: [{ owner, name: repo }],
        },
      },
    });
    github.#upstream = emulator.url;
    github.proxy.pointAt(emulator.url.replace("localhost", "127.0.0.1"));
    github.#close = async () => {
      await github.proxy.close();
      await emulator.close();
    };
    await github.#as(tokens.owner, "PUT", `/repos/${owner}/${repo}/collaborators/${encodeURIComponent(botLogin)}`, {
      permission: "admin",
    });
    github.supplement.repositoryDocument = await github.#as(tokens.owner, "GET", `/repos/${owner}/${repo}`);
    github.#branches.main = await github.#tip(owner, "main");
    github.forget();
    return github;
  }

  /** What goes to `GITHUB_API_URL`. */
  get apiUrl(): string {
    return this.proxy.url;
  }

  /** The tip of a branch of the repository itself. */
  branch(name: string): string {
    return this.#branches[name] ?? "";
  }

  fail(fault: Fault): void {
    this.proxy.fail(fault);
  }

  seen(pattern: RegExp): Seen[] {
    return this.proxy.seen(pattern);
  }

  /** Forgets the requests so far, to count those of one step. */
  forget(): void {
    this.proxy.requests.length = 0;
  }

  /** A pull request from a branch of the repository itself, or of mallory's fork. */
  async openPull(options: { readonly branch: string; readonly fork?: boolean }): Promise<SeededPull> {
    const fork = options.fork === true;
    const headOwner = fork ? "mallory" : owner;
    const token = fork ? tokens.stranger : tokens.owner;
    if (fork && !this.#forked) await this.#as(token, "POST", `/repos/${owner}/${repo}/forks`, {});
    this.#forked ||= fork;
    const baseSha = await this.#tip(owner, "main");
    if (options.branch !== "main") {
      await this.#as(token, "POST", `/repos/${headOwner}/${repo}/git/refs`, {
        ref: `refs/heads/${options.branch}`,
        sha: await this.#tip(headOwner, "main"),
      });
    }
    const headSha = await this.push({ branch: options.branch, fork });
    const document = await this.#as(token, "POST", `/repos/${owner}/${repo}/pulls`, {
      title: "Faster",
      head: fork ? `${headOwner}:${options.branch}` : options.branch,
      base: "main",
    });
    const number = Number(document.number);
    this.#pulls.push({ number, headSha, branch: options.branch, headRepository: `${headOwner}/${repo}`, document });
    this.forget();
    return { number, headSha, baseSha, branch: options.branch, headOwner };
  }

  /** One more commit on a branch, of `text` at `path` if that matters; answers its SHA. */
  async push(options: {
    readonly branch: string;
    readonly fork?: boolean;
    readonly path?: string;
    readonly text?: string;
  }): Promise<string> {
    const fork = options.fork === true;
    const headOwner = fork ? "mallory" : owner;
    const file = options.path ?? `${options.branch}-${this.proxy.requests.length}-${Math.random()}.txt`;
    const path = `/repos/${headOwner}/${repo}/contents/${file}`;
    const made = await this.#as(fork ? tokens.stranger : tokens.owner, "PUT", path, {
      message: "a change",
      content: Buffer.from(options.text ?? "change").toString("base64"),
      branch: options.branch,
    });
    const { sha } = made.commit as { sha: string };
    if (!fork) this.#branches[options.branch] = sha;
    return sha;
  }

  async comment(options: {
    readonly pull: number;
    readonly token: string;
    readonly body: string;
  }): Promise<SeededComment> {
    const path = `/repos/${owner}/${repo}/issues/${options.pull}/comments`;
    return (await this.#as(options.token, "POST", path, { body: options.body })) as unknown as SeededComment;
  }

  /** All comments of a pull request, oldest first. */
  async comments(pull: number): Promise<SeededComment[]> {
    const out: SeededComment[] = [];
    for (let page = 1; ; page++) {
      const path = `/repos/${owner}/${repo}/issues/${pull}/comments?per_page=100&page=${page}`;
      const rows = (await this.#as(tokens.owner, "GET", path)) as unknown as SeededComment[];
      out.push(...rows);
      if (rows.length < 100) return out;
    }
  }

  /** Ends the emulator; throws if anything was said that GitHub would not say or take. */
  async close(): Promise<void> {
    await this.#close();
    if (this.violations.length > 0) throw new Error(`against GitHub's OpenAPI:\n${this.violations.join("\n")}`);
  }

  #observe(seen: Seen, reply: Reply): void {
    const problems = openApiProblems({
      method: seen.method,
      path: decodeURIComponent(new URL(seen.path, "http://x").pathname),
      requestBody: parsed(seen.body),
      status: reply.status,
      responseBody: parsed(reply.body),
    });
    for (const problem of problems) if (!this.violations.includes(problem)) this.violations.push(problem);
  }

  /** The emulator's links, in bodies and in `link`, lead through the proxy. */
  #relink(reply: Reply & { readonly body: Buffer }): Reply & { readonly body: Buffer } {
    const through = (text: string): string => text.replaceAll(this.#upstream, this.proxy.url);
    const headers = Object.entries(reply.headers ?? {}).map(([name, value]) => [name, through(value)]);
    return {
      status: reply.status,
      headers: Object.fromEntries(headers),
      body: Buffer.from(through(reply.body.toString())),
    };
  }

  async #tip(of: string, branch: string): Promise<string> {
    const answer = await this.#as(tokens.owner, "GET", `/repos/${of}/${repo}/branches/${branch}`);
    return (answer.commit as { sha: string }).sha;
  }

  async #as(token: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.proxy.url}${path}`, {
      method,
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? {} : await response.json()) as Record<string, unknown>;
  }
}

function parsed(body: unknown): unknown {
  if (!Buffer.isBuffer(body) && typeof body !== "string") return body;
  const text = body.toString();
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** The one question that REST does not answer to an app's token. */
function answerGraphql(seen: Seen, token: string): Reply | undefined {
  if (seen.path !== "/graphql") return undefined;
  const login = token.startsWith("ghs_") ? botLogin : token === tokens.owner ? owner : "mallory";
  return { status: 200, body: { data: { viewer: { login } } } };
}

const documentation = "https://docs.github.com/rest";

/** What GitHub refuses and the emulator lets pass. */
function refusal(seen: Seen): Reply | undefined {
  if (seen.path.startsWith("/_blob/")) return undefined;
  const header = seen.headers.authorization;
  const token = typeof header === "string" ? header.replace(/^(token|bearer)\s+/i, "") : "";
  if (token !== "" && !Object.values<string>(tokens).includes(token)) {
    return { status: 401, body: { message: "Bad credentials", documentation_url: documentation, status: "401" } };
  }
  const graphql = answerGraphql(seen, token);
  if (graphql !== undefined) return graphql;
  const installation = token.startsWith("ghs_");
  const forbidden =
    (installation && /^\/user$/.test(seen.path)) || (token === tokens.readOnly && seen.method !== "GET");
  if (forbidden) {
    return {
      status: 403,
      body: { message: "Resource not accessible by integration", documentation_url: documentation, status: "403" },
    };
  }
  if (/\/comments(\/\d+)?$/.test(seen.path) && /^(POST|PATCH)$/.test(seen.method)) {
    const body = (parsed(seen.body) as { body?: string } | undefined)?.body ?? "";
    if ([...body].length > 65_536) {
      return {
        status: 422,
        body: {
          message: "Validation Failed",
          errors: [
            {
              resource: "IssueComment",
              code: "unprocessable",
              field: "data",
              message: "body is too long (maximum is 65536 characters)",
            },
          ],
          documentation_url: documentation,
          status: "422",
        },
      };
    }
  }
  return undefined;
}

/** Fields the emulator leaves out, and the kind of user that an app's bot is. */
function mend(seen: Seen, reply: Reply & { readonly body: Buffer }): Reply {
  const type = reply.headers?.["content-type"] ?? "";
  if (!type.includes("json") || reply.body.length === 0) return reply;
  const document = JSON.parse(reply.body.toString("utf8")) as unknown;
  walk(document, (node) => {
    if (typeof node.login === "string" && node.login.endsWith("[bot]")) {
      node.type = "Bot";
      for (const [key, value] of Object.entries(node)) {
        if (key.endsWith("url") && typeof value === "string") node[key] = value.replaceAll("[bot]", "%5Bbot%5D");
      }
    }
    if (seen.path.includes("/check-runs") && "annotations_count" in node && !("annotations_url" in node)) {
      node.annotations_url = "https://api.github.com/annotations";
    }
  });
  return { ...reply, body: Buffer.from(JSON.stringify(document)) };
}

function walk(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (value !== null && typeof value === "object") {
    visit(value as Record<string, unknown>);
    for (const inner of Object.values(value)) walk(inner, visit);
  }
}
