import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readZippedFile } from "../../src/base/zip.ts";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { Stage, told } from "../support/stage.ts";

/**
 * The results service on loopback: GitHub's own clients, unmodified, speak to it, and so does the built action. That
 * the clients understand it is what makes it worth testing our own code on.
 */

const main = "refs/heads/main";
const pullRef = "refs/pull/1/merge";
let results: ResultsService;
let github: GitHubEmulator;
let stage: Stage;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
});
beforeEach(async () => {
  results = new ResultsService();
  await results.listen();
  github.supplement.caches = results.caches;
});
afterEach(async () => {
  stage.target.forget();
  github.proxy.heal();
  await results.close();
});
afterAll(async () => {
  await stage.target.close();
  await github.close();
  cleanUpActionRuns();
});

describe("GitHub's own cache client", () => {
  const folder = mkdtempSync(join(tmpdir(), "swarmgate-cache-client-"));
  const file = join(folder, "kept.txt");
  afterAll(() => rmSync(folder, { recursive: true }));
  const client = new URL("../support/actions-cache-client.mjs", import.meta.url).pathname;

  async function run(what: "save" | "restore", key: string, env: Record<string, string>): Promise<unknown> {
    const { stdout } = await promisify(execFile)(process.execPath, [client, what, key, file], {
      env: { PATH: process.env.PATH, RUNNER_TEMP: folder, GITHUB_WORKSPACE: folder, ...env },
      cwd: folder,
    });
    const last = stdout.trim().split("\n").at(-1) ?? "";
    return (JSON.parse(last) as { outcome: unknown }).outcome;
  }

  it.each([
    ["github.com", {}],
    ["Enterprise Server", { GITHUB_SERVER_URL: "https://ghe.corp.example" }],
  ])("saves and restores on it as on %s, a branch's own entries and its base's", async (_, more) => {
    const onMain = { ...results.env, ...more };
    const onPull = { ...results.envFor({ write: pullRef, read: [pullRef, main] }), ...more };
    writeFileSync(file, "from main");
    expect(await run("restore", "kept-1", onMain)).toBeNull();
    expect(await run("save", "kept-1", onMain)).toBeGreaterThan(0);
    rmSync(file);
    expect(await run("restore", "kept-", onPull)).toBe("kept-1");
    expect(readFileSync(file, "utf8")).toBe("from main");
    expect(await run("save", "kept-2", onPull)).toBeGreaterThan(0);
    expect(await run("restore", "kept-2", onMain)).toBeNull();
    // A key is written once, and a token that may only read writes none.
    expect(await run("save", "kept-1", onMain)).toBe(-1);
    expect(await run("save", "kept-3", { ...results.envFor({ write: undefined, read: [main] }), ...more })).toBe(-1);
    expect(results.caches.entries.map(({ key, ref }) => [key, ref])).toEqual([
      ["kept-1", main],
      ["kept-2", pullRef],
    ]);
  });
});

describe("the action", () => {
  const inputs = { "baseline-store": "cache", "upload-artifact": "true" };
  const proposal = () => results.envFor({ write: pullRef, read: [pullRef, main] });
  const notices = (outcome: { annotations: readonly { message: string }[] }) =>
    outcome.annotations.map(({ message }) => message).join("\n");

  it.each([
    ["github.com", {}],
    ["Enterprise Server", { GITHUB_SERVER_URL: "https://ghe.corp.example" }],
  ])("keeps a baseline in the cache of %s on main and reads it on a pull request", async (platform, more) => {
    const pull = await github.openPull({ branch: `cached-${platform.replaceAll(" ", "-")}` });
    const first = await stage.act({ event: pullRequestEvent(pull), inputs, env: { ...proposal(), ...more } });
    expect(first.exitCode, told(first)).toBe(0);
    expect(first.outputs["baseline-found"]).toBe("false");
    expect(results.caches.entries).toEqual([]);

    const learnt = await stage.push({ inputs, env: { ...results.env, ...more } });
    expect(learnt.exitCode, told(learnt)).toBe(0);
    expect(learnt.log).toMatch(/this run is kept \(1 run in cache swarmgate-baseline\/load-test\/[0-9a-f]{64}\)/);

    const second = await stage.act({ event: pullRequestEvent(pull), inputs, env: { ...proposal(), ...more } });
    expect(second.outputs["baseline-found"], told(second)).toBe("true");
    expect(results.caches.entries.map(({ ref }) => ref)).toEqual([main]);
    expect(results.artifacts.size).toBe(platform === "github.com" ? 1 : 0);
  });

  it("uploads its report, after a moment's trouble, and prints nothing of GitHub's client", async () => {
    results.fail({ match: /CreateArtifact|CreateCacheEntry/, times: 1, status: 503 });
    const outcome = await stage.push({ inputs, env: results.env });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.log).toContain("the report is in the artifact swarmgate-load-test");
    const zip = results.artifacts.get("swarmgate-load-test") as Buffer;
    const verdict = readZippedFile(zip, "verdict.json", { fileBytes: 1e6, entries: 100 });
    expect(JSON.parse(verdict.toString())).toMatchObject({ conclusion: "pass" });
    expect(results.caches.entries).toHaveLength(1);
    expect(outcome.log).not.toMatch(/Artifact name is valid|Uploading artifact|SHA256 digest/);
    expect(outcome.masks).toContain("0123456789abcdef");
  });

  it("keeps a baseline in artifacts without showing the address it was uploaded to", async () => {
    const outcome = await stage.push({ inputs: { "baseline-store": "artifact" }, env: results.env });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.log).toContain("this run is kept (1 run in artifact swarmgate-baseline-load-test)");
    expect(outcome.log).not.toContain("sig=");
  });

  it.each([
    ["refuses", { status: 403, body: { code: "permission_denied", msg: "not allowed" } }, /not allowed|may only read/],
    ["has no room", { status: 402, body: { msg: "insufficient usage to create" } }, /quota/i],
  ])("tells that the service %s, and the verdict stands", async (_, fault, words) => {
    results.fail({ match: /CreateArtifact|CreateCacheEntry/, ...fault });
    const outcome = await stage.push({ inputs, env: results.env });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.outputs.verdict).toBe("pass");
    expect(outcome.log).toMatch(/the baseline was not saved: .*/);
    expect(notices(outcome)).toMatch(/could not upload the artifact swarmgate-load-test: /);
    expect(notices(outcome) + outcome.log).toMatch(words);
    expect(results.caches.entries).toEqual([]);
  });

  it("judges by the promises when a cache that is there cannot be read, and stores nothing: it is no first run", async () => {
    await stage.push({ inputs, env: results.env });
    results.fail({ match: /GetCacheEntryDownloadURL/, status: 503 });
    const outcome = await stage.push({ inputs, env: results.env });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(notices(outcome) + outcome.log).toMatch(/the cache cannot be read: the cache service answered 503/);
    expect(outcome.outputs["baseline-found"]).toBe("false");
    expect(results.caches.entries).toHaveLength(1);
  });
});
