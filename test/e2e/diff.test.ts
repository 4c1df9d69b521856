import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { cleanUpRepositories, git, leftovers, pullRequest } from "../support/start-repository.ts";

/** The built command line on a laptop: what lies in the directory against a version of its repository. */

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
afterAll(cleanUpRepositories);

function diff(directory: string, ...words: readonly string[]) {
  const temporary = mkdtempSync(join(tmpdir(), "start-tmp-"));
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: temporary, STARTED_BY_TEST: temporary };
  return new Promise<{ code: number; output: string; left: string[] }>((resolve) => {
    execFile(process.execPath, [cli, "diff", ...words], { cwd: directory, env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code) : 0;
      resolve({ code, output: stdout + stderr, left: leftovers(temporary) });
    });
  });
}

const quick = [
  "--start",
  "node server.mjs",
  "-u",
  "8",
  "-r",
  "20",
  "-t",
  "6s",
  "--warmup",
  "1s",
  "--max-duration",
  "14s",
];

test("uncommitted changes are the head as they lie there, and nothing in the user's repository changes", async () => {
  const directory = pullRequest({}, {}).checkout({ shallow: false });
  const path = join(directory, "server.mjs");
  writeFileSync(path, readFileSync(path, "utf8").replace("wait(3 + 0)", "wait(63)"));
  const before =
    git(directory, "status", "--porcelain") +
    git(directory, "worktree", "list") +
    git(directory, "count-objects", "-v");
  const run = await diff(directory, "origin/main", ...quick, "-f", "locustfile.ts");
  expect(run.output).toMatch(/endpoint +p50 +p95 +p95 changed by/);
  expect(run.output).toMatch(/GET \/search +[\d.]+ ms → 6\d/);
  const after =
    git(directory, "status", "--porcelain") +
    git(directory, "worktree", "list") +
    git(directory, "count-objects", "-v");
  expect(after).toBe(before);
  expect(run.left).toEqual([]);
}, 100_000);

test("a version that is not there, and one that is missing, end before anything is started", async () => {
  const directory = pullRequest({}, {}).checkout();
  const unknown = await diff(directory, "v9.9", ...quick);
  expect(unknown.code).toBe(3);
  expect(unknown.output).toContain('there is no commit "v9.9" here');
  const none = await diff(directory, "--start", "node server.mjs");
  expect(none.code).toBe(2);
  expect(none.output).toContain("the version to compare with");
  const startless = await diff(directory, "origin/main");
  expect(startless.code).toBe(2);
  expect(startless.output).toContain("base: has no purpose without start, the command");
}, 60_000);
