import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A version of the tiny service: what its endpoints take, and what it does otherwise. */
export interface ServiceVersion {
  /** Delay of `GET /search`, in ms. */
  readonly searchMs?: number;
  /** Lines put in front of everything else. */
  readonly before?: string;
  /** Other files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

const server = ({ searchMs = 0, before = "" }: ServiceVersion) => `import { createServer } from "node:http";
${before}
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
createServer(async (request, response) => {
  if (request.url.startsWith("/search")) await wait(3 + ${searchMs});
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ arm: process.env.SWARMGATE_ARM }));
}).listen(Number(process.env.PORT), () => console.log("service listens on " + process.env.PORT));
`;

const locustfile = `import { HttpUser, constant, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.05);
  @task async home() { await this.client.get("/"); }
  @task async search() { await this.client.get("/search?q=a", { name: "/search" }); }
}
`;

/** A repository with a history as a pull request's, and the checkout a job has of it. */
export interface PullRequestRepository {
  readonly origin: string;
  readonly baseSha: string;
  readonly headSha: string;
  readonly mergeSha: string;
  /** Makes a checkout of the test merge, shallow as actions/checkout does it or whole. */
  checkout(how?: { readonly shallow?: boolean; readonly at?: string }): string;
  readonly event: Record<string, unknown>;
}

const made: string[] = [];

export function cleanUpRepositories(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

function folder(prefix: string): string {
  const path = mkdtempSync(join(tmpdir(), prefix));
  made.push(path);
  return path;
}

const identity = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

export function git(directory: string, ...words: string[]): string {
  const env = { PATH: process.env.PATH, HOME: directory, ...identity };
  return execFileSync("git", words, {
    cwd: directory,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

function write(directory: string, version: ServiceVersion): void {
  const files = { "server.mjs": server(version), "locustfile.ts": locustfile, ...version.files };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

export function pullRequest(base: ServiceVersion, head: ServiceVersion): PullRequestRepository {
  const origin = folder("start-origin-");
  git(origin, "init", "--quiet", "-b", "main");
  // As GitHub answers fetches by commit.
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  const commit = (version: ServiceVersion, message: string) => {
    write(origin, version);
    git(origin, "add", "-A");
    git(origin, "commit", "--quiet", "--allow-empty", "-m", message);
    return git(origin, "rev-parse", "HEAD");
  };
  commit(base, "first");
  const baseSha = commit(base, "base");
  git(origin, "checkout", "--quiet", "-b", "change");
  const headSha = commit(head, "change");
  git(origin, "checkout", "--quiet", "--detach", baseSha);
  git(origin, "merge", "--quiet", "--no-ff", "-m", "merge", headSha);
  const mergeSha = git(origin, "rev-parse", "HEAD");
  git(origin, "update-ref", "refs/pull/1/merge", mergeSha);
  git(origin, "checkout", "--quiet", "main");
  return {
    origin,
    baseSha,
    headSha,
    mergeSha,
    checkout: ({ shallow = true, at = mergeSha } = {}) => {
      const directory = folder("start-checkout-");
      git(directory, "init", "--quiet");
      git(directory, "remote", "add", "origin", `file://${origin}`);
      git(
        directory,
        "fetch",
        "--quiet",
        ...(shallow ? ["--depth=1", "--no-tags"] : []),
        "origin",
        `+${at}:refs/remotes/pull/1/merge`,
        ...(shallow ? [] : ["+refs/heads/*:refs/remotes/origin/*"]),
      );
      git(directory, "checkout", "--quiet", "--detach", at);
      return directory;
    },
    event: {
      pull_request: {
        number: 1,
        head: { sha: headSha, ref: "change", repo: { id: 1, full_name: "octo/shop" } },
        base: { sha: baseSha, ref: "main", repo: { id: 1, full_name: "octo/shop" } },
      },
      repository: { id: 1, default_branch: "main" },
    },
  };
}

/** Processes that were given this text in their environment, and the folders swarmgate makes. */
export function leftovers(temporary: string): string[] {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, "latin1").includes(`STARTED_BY_TEST=${temporary}`) &&
          !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8")) &&
          Number(pid) !== process.pid
        );
      } catch {
        return false;
      }
    });
  const folders = readdirSync(temporary, { recursive: true, encoding: "utf8" }).filter((name) =>
    /swarmgate-[0-9a-f]{12}$|\.json$/.test(name),
  );
  return [...processes.map((pid) => `process ${pid}`), ...folders];
}
