import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { pullRequestEvent } from "./events.ts";

const actionRoot = mkdtempSync(join(tmpdir(), "swarmgate-bundle-"));
const repository = fileURLToPath(new URL("../..", import.meta.url));
const service = new ResultsService();
let github: GitHubEmulator;
let metafile: Metafile;

beforeAll(async () => {
  mkdirSync(join(actionRoot, "dist"));
  copyFileSync(join(repository, "action.yml"), join(actionRoot, "action.yml"));
  writeFileSync(join(actionRoot, "dist", "package.json"), '{"type":"module"}');
  const built = await build({
    absWorkingDir: repository,
    entryPoints: { main: "test/support/github-main.ts" },
    outdir: join(actionRoot, "dist"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    banner: { js: 'import { createRequire as __c } from "node:module"; const require = __c(import.meta.url);' },
    metafile: true,
    logLevel: "error",
  });
  metafile = built.metafile;
  github = await GitHubEmulator.start();
  await service.listen();
});
afterAll(async () => {
  await github.close();
  await service.close();
  cleanUpActionRuns();
  rmSync(actionRoot, { recursive: true, force: true });
});

test("bundled, away from node_modules, it reads, guards, tells, edits and uploads", async () => {
  const pull = await github.openPull({ branch: "faster" });
  const run = (users: string, attempt: string) =>
    runAction({
      actionRoot,
      inputs: { users, name: "api" },
      event: pullRequestEvent(pull),
      files: { "report.json": "{}" },
      env: { GITHUB_TOKEN: tokens.actions, GITHUB_API_URL: github.apiUrl, GITHUB_RUN_ATTEMPT: attempt, ...service.env },
    });
  const first = await run("10", "1");
  expect(first.stderr).toBe("");
  expect(first.exitCode).toBe(99);
  expect(first.summary).toBe("### load of 10 users\n");
  expect(first.annotations).toEqual([]);
  const second = await run("20", "2");
  expect(second.outputs["comment-id"]).toBe(first.outputs["comment-id"]);
  const [only, ...others] = await github.comments(pull.number);
  expect(others).toEqual([]);
  expect(only?.body).toContain("### load of 20 users");
  expect([...service.artifacts.keys()]).toEqual(["swarmgate-api"]);
});

test("a fork's read-only token and a host without artifacts cost two notices and nothing else", async () => {
  const pull = await github.openPull({ branch: "patch-1", fork: true });
  const outcome = await runAction({
    actionRoot,
    event: pullRequestEvent(pull, 2),
    env: {
      GITHUB_TOKEN: tokens.readOnly,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: "https://git.corp.example",
    },
  });
  expect(outcome.exitCode).toBe(99);
  expect(outcome.annotations.map((a) => [a.level, a.message])).toEqual([
    ["notice", expect.stringContaining("workflow_run with mode: report")],
    ["notice", expect.stringContaining("no artifact service")],
  ]);
});

test("the libraries wait in chunks that the entry does not load", () => {
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of metafile.outputs[file]?.imports ?? []) if (kind === "import-statement") visit(path);
  };
  const entry = Object.keys(metafile.outputs).find((file) => basename(file) === "main.js") ?? "";
  visit(entry);
  const inputs = [...loaded].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
  expect(inputs.filter((file) => /node_modules\/(undici|@actions|@octokit)/.test(file))).toEqual([]);
});
