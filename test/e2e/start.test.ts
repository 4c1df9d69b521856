import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";
import {
  cleanUpRepositories,
  git,
  leftovers,
  type PullRequestRepository,
  pullRequest,
  type ServiceVersion,
} from "../support/start-repository.ts";

/**
 * The built action on a repository of one tiny service: the base version is started beside the head's. Six seconds
 * show a delay of 60 ms, and little else.
 */

afterAll(() => {
  cleanUpActionRuns();
  cleanUpRepositories();
});

const plain: ServiceVersion = {};
const slow: ServiceVersion = { searchMs: 60 };
const quick = {
  start: "node server.mjs",
  users: "8",
  "spawn-rate": "20",
  "run-time": "6s",
  warmup: "1s",
  "max-duration": "20s",
  "upload-artifact": "false",
  comment: "never",
};

type Run = Parameters<typeof runAction>[0];

async function act(
  repository: PullRequestRepository,
  inputs: Readonly<Record<string, string>> = {},
  { env = {}, ...more }: Run & { readonly temporary?: string } = {},
) {
  const temporary = more.temporary ?? mkdtempSync(join(tmpdir(), "start-tmp-"));
  const run = await runAction({
    workspace: repository.checkout(),
    event: repository.event,
    inputs: { ...quick, ...inputs },
    ...more,
    env: { GITHUB_SHA: repository.mergeSha, TMPDIR: temporary, STARTED_BY_TEST: temporary, ...env },
    timeoutMs: 120_000,
  });
  return { ...run, left: leftovers(temporary), temporary };
}

const lines = (log: string, arm: string) => log.split("\n").filter((line) => line.startsWith(`${arm} | `));

describe("start on a pull request", () => {
  it("finds nothing slower in a harmless change, side by side with what it is merged onto", async () => {
    const repository = pullRequest(plain, { files: { "README.md": "harmless" } });
    const run = await act(repository);
    expect(run.log).toContain(`the base version is ${repository.baseSha.slice(0, 7)}`);
    expect(lines(run.log, "head").join("\n")).toMatch(/service listens on \d+/);
    expect(lines(run.log, "base").join("\n")).toMatch(/service listens on \d+/);
    expect(run.exitCode).toBe(0);
    expect(run.summary).toContain("ran at the same time, twin users on both");
    expect(run.left).toEqual([]);
    const report = run.outputs["report-path"] ?? "";
    for (const arm of ["head", "base"]) {
      expect(readFileSync(join(report, `../service-${arm}.log`), "utf8")).toContain("service listens");
    }
  });

  it("fails a change that makes one endpoint slower, and names it", async () => {
    const run = await act(pullRequest(plain, slow), { users: "16", "run-time": "30s", "max-duration": "75s" });
    expect(run.exitCode).toBe(99);
    expect(run.summary.split("\n")[0]).toContain("GET /search");
    expect(run.left).toEqual([]);
  }, 180_000);

  it("holds the head alone where the base does not build, and says so", async () => {
    const broken = { files: { "build.sh": "echo compiling; echo 'no such library' >&2; exit 3\n" } };
    const fixed = { files: { "build.sh": "true\n" } };
    const run = await act(pullRequest(broken, fixed), { build: "bash build.sh" });
    expect(run.exitCode).toBe(0);
    expect(run.log).toMatch(/no base version: `build` of the base version ended with exit code 3/);
    expect(run.summary.split("\n")[0]).toMatch(/base version/);
    expect(run.summary).toContain("no such library");
    const strict = await act(pullRequest(broken, fixed), { build: "bash build.sh", "fail-on": "slo,no-base" });
    expect(strict.exitCode).toBe(3);
    expect([...run.left, ...strict.left]).toEqual([]);
  });

  it("ends with 4 and the log's last lines where the head does not start", async () => {
    const run = await act(pullRequest(plain, { before: "throw new Error('no database at db:5432');" }));
    expect(run.exitCode).toBe(4);
    expect(run.annotations.map(({ message }) => message).join("\n")).toContain("no database at db:5432");
    expect(run.left).toEqual([]);
  });

  it("says which version ended under load, and with what", async () => {
    const dies = { before: "setTimeout(() => { console.error('out of handles'); process.exit(7); }, 4500);" };
    const head = await act(pullRequest(plain, dies));
    expect(head.exitCode).toBe(99);
    expect(head.summary).toContain("head version ended under load with exit code 7");
    expect(head.summary).toContain("out of handles");
    const base = await act(pullRequest(dies, plain));
    expect(base.exitCode).toBe(3);
    expect(base.summary).toContain("base version ended under load with exit code 7");
    expect([...head.left, ...base.left]).toEqual([]);
  });

  it("ends a service that ignores SIGTERM, and what it has started apart from itself", async () => {
    const stubborn = {
      before: `process.on("SIGTERM", () => {});
import { spawn } from "node:child_process";
spawn("sh", ["-c", "trap '' TERM; while true; do sleep 1; done"], { detached: true, stdio: "ignore" }).unref();`,
    };
    const run = await act(pullRequest(stubborn, stubborn), { "run-time": "2s" });
    expect(run.left).toEqual([]);
  });

  it("does not take one version for two that listen on one port", async () => {
    const fixed = {
      before: `process.env.PORT = process.env.FIXED_PORT;
process.on("uncaughtException", () => setInterval(() => {}, 1000));`,
    };
    const run = await act(
      pullRequest(fixed, fixed),
      { url: "http://localhost:18431/$SWARMGATE_ARM", "wait-timeout": "10s" },
      { env: { FIXED_PORT: "18431" } },
    );
    expect(run.log).toMatch(
      /answers, but not the (head|base) version: on port 18431 listens the (base|head) version's/,
    );
    expect(run.summary).not.toContain("no regression");
    const same = await act(pullRequest(plain, plain), { url: "http://localhost:8080" });
    expect(same.exitCode).toBe(2);
    expect(same.annotations[0]?.message).toMatch(/\$PORT or \$SWARMGATE_ARM/);
  });
});

describe("start on other events", () => {
  it("compares a push with the commit before, and a merge queue with its base", async () => {
    const repository = pullRequest(plain, plain);
    const push = await act(
      repository,
      { "run-time": "2s" },
      {
        eventName: "push",
        workspace: repository.checkout({ at: repository.headSha }),
        event: { before: repository.baseSha, repository: { id: 1, default_branch: "main" } },
        env: { GITHUB_SHA: repository.headSha, GITHUB_REF: "refs/heads/change" },
      },
    );
    expect(push.log).toContain(`the base version is ${repository.baseSha.slice(0, 7)}`);
    const queue = await act(
      repository,
      { "run-time": "2s" },
      {
        eventName: "merge_group",
        event: {
          merge_group: { base_sha: repository.baseSha, base_ref: "refs/heads/main", head_sha: repository.mergeSha },
        },
      },
    );
    expect(queue.log).toContain(`the base version is ${repository.baseSha.slice(0, 7)}`);
    const first = git(repository.origin, "rev-parse", "main~1");
    const created = await act(
      repository,
      { "run-time": "2s" },
      {
        eventName: "push",
        workspace: repository.checkout({ at: repository.baseSha }),
        event: { before: "0".repeat(40), repository: { id: 1, default_branch: "main" } },
        env: { GITHUB_SHA: repository.baseSha, GITHUB_REF: "refs/heads/main" },
      },
    );
    expect(created.log).toContain(`the base version is ${first.slice(0, 7)}`);
    expect([...push.left, ...queue.left, ...created.left]).toEqual([]);
  });

  it("refuses start where a stranger's code would run beside secrets", async () => {
    const repository = pullRequest(plain, plain);
    const run = await act(repository, {}, { eventName: "pull_request_target" });
    expect(run.exitCode).toBe(2);
    expect(run.left).toEqual([]);
  });
});

describe("a run that is cancelled or killed", () => {
  it("leaves nothing when it is cancelled, and what a killed one left is ended by the next", async () => {
    const repository = pullRequest(plain, plain);
    let sent = false;
    const cancelled = await act(
      repository,
      { "run-time": "30s" },
      {
        onOutput: (text, signal) => {
          if (sent || !text.includes("answers at")) return;
          sent = true;
          setTimeout(() => signal("SIGINT"), 2500);
        },
      },
    );
    expect(cancelled.exitCode).toBe(130);
    expect(cancelled.left).toEqual([]);

    let killed = false;
    const run = await act(
      repository,
      { "run-time": "30s" },
      {
        onOutput: (text, signal) => {
          if (killed || !text.includes("the base version answers at")) return;
          killed = true;
          setTimeout(() => signal("SIGKILL"), 2500);
        },
      },
    );
    expect(run.left.length).toBeGreaterThan(0);
    const next = await act(repository, { "run-time": "2s" }, { temporary: run.temporary });
    expect(next.log).toMatch(/a run that was killed .* had left something behind/);
    expect(next.left).toEqual([]);
    expect(existsSync(run.temporary)).toBe(true);
  });
});

/** What Docker does of Compose, as far as a run can see: containers without the mark, published ports, `down`. */
const docker = `#!/bin/bash
echo "$COMPOSE_PROJECT_NAME: $*" >> "$DOCKER_STATE/calls"
case "$*" in
  "compose up"*)
    env -i PATH="$PATH" PORT="$PORT" SWARMGATE_ARM="$SWARMGATE_ARM" setsid node server.mjs > "$DOCKER_STATE/$COMPOSE_PROJECT_NAME.log" 2>&1 &
    echo "$!" > "$DOCKER_STATE/$COMPOSE_PROJECT_NAME.pid"
    echo "$PORT" > "$DOCKER_STATE/$COMPOSE_PROJECT_NAME.port"
    sleep 1 ;;
  "compose down"*) kill -9 "$(cat "$DOCKER_STATE/$COMPOSE_PROJECT_NAME.pid")" ;;
  "ps --filter label=com.docker.compose.project="*)
    project="\${3#label=com.docker.compose.project=}"
    echo "0.0.0.0:$(cat "$DOCKER_STATE/$project.port")->8080/tcp" ;;
esac
`;

describe("start with Compose", () => {
  it("starts a project for each version and takes both down again", async () => {
    const state = mkdtempSync(join(tmpdir(), "start-docker-"));
    writeFileSync(join(state, "docker"), docker, { mode: 0o755 });
    const env = { DOCKER_STATE: state, PATH: `${state}:${process.env.PATH}` };
    const inputs = { start: "docker compose up --build --wait", "run-time": "2s" };
    const run = await act(pullRequest(plain, plain), inputs, { env });
    expect(run.log).toContain("the base version answers at");
    expect(run.exitCode).not.toBe(4);
    const calls = readFileSync(join(state, "calls"), "utf8");
    for (const arm of ["head", "base"]) {
      expect(calls).toMatch(new RegExp(`swarmgate-[0-9a-f]+-${arm}: compose up --build --wait`));
      expect(calls).toMatch(new RegExp(`swarmgate-[0-9a-f]+-${arm}: compose down -v --remove-orphans`));
    }
    const pids = readdirSync(state).filter((name) => name.endsWith(".pid"));
    expect(pids).toHaveLength(2);
    for (const name of pids) {
      const pid = readFileSync(join(state, name), "utf8").trim();
      // Its parent is gone; where nobody asks for its exit code it stays listed, as ended.
      const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "ended";
      expect(stat, `container ${name}`).toMatch(/^ended$|^\d+ \(.*\) [ZX]/);
    }
    expect(run.left).toEqual([]);
  });
});
