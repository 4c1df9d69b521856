import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { Random } from "../../../src/base/random.ts";
import { ArtifactStore } from "../../../src/baseline/artifact-store.ts";
import { BranchStore } from "../../../src/baseline/branch-store.ts";
import { connectGitHub, type GitHubClient, readProxySettings } from "../../../src/github/api/client.ts";
import { archiveDownload, restRequest, textUpload } from "../../../src/github/files/baseline-access.ts";
import { recordNumber } from "../../baseline/support/records.ts";
import { GitHubEmulator, tokens } from "../../support/github-emulator.ts";
import { ResultsService } from "../../support/results-service.ts";

const service = new ResultsService();
const temporaryDirectory = mkdtempSync(join(tmpdir(), "swarmgate-access-"));
let github: GitHubEmulator;
let client: GitHubClient;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  await service.listen();
  client = await connectGitHub({
    token: tokens.actions,
    apiUrl: github.apiUrl,
    proxy: readProxySettings({}),
    clock: systemClock,
    userAgent: "swarmgate-test",
    retryPauseMs: 2,
  });
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(temporaryDirectory, { recursive: true });
  await github.close();
  await service.close();
});

test("the branch store keeps its runs on a branch of the repository", async () => {
  const store = () =>
    new BranchStore({
      request: restRequest(client),
      repository: "octo/shop",
      branch: "swarmgate-baseline",
      keep: 20,
      clock: systemClock,
      random: Random.from("branch"),
    });
  expect(await store().load("api")).toMatchObject({ is: "absent" });
  expect(await store().save("api", recordNumber(1))).toMatchObject({ is: "saved", runs: 1 });
  expect(await store().save("api", recordNumber(2))).toMatchObject({ is: "saved", runs: 2 });
  expect(await store().load("api")).toMatchObject({ is: "found" });
});

test("two writers of the branch both keep their run", async () => {
  const store = (n: number) =>
    new BranchStore({
      request: restRequest(client),
      repository: "octo/shop",
      branch: "swarmgate-two",
      keep: 20,
      clock: systemClock,
      random: Random.from("two", n),
    });
  await Promise.all([3, 4, 5].map((n) => store(n).save("api", recordNumber(n))));
  const loaded = await store(0).load("api");
  expect(loaded.is === "found" && loaded.baseline.records).toHaveLength(3);
});

describe("the artifact store", () => {
  const store = () =>
    new ArtifactStore({
      request: restRequest(client),
      download: archiveDownload(client),
      upload: textUpload({ temporaryDirectory, available: true, retentionDays: undefined }),
      repository: "octo/shop",
      branch: "main",
      keep: 20,
    });

  test("reads what an own run of main uploaded, and not what a fork's main did", async () => {
    expect(await store().load("api")).toMatchObject({ is: "absent" });
    expect(await store().save("api", recordNumber(1))).toMatchObject({ is: "saved", runs: 1 });
    const [[name, zip] = ["", Buffer.alloc(0)]] = [...service.artifacts];
    expect(readdirSync(temporaryDirectory)).toEqual([]);
    const sha = github.branch("main");
    github.supplement.addRun({ id: 50, event: "pull_request", branch: "main", sha, headRepositoryId: 2 });
    github.supplement.addArtifact({ name, zip, runId: 50 });
    expect(await store().load("api")).toMatchObject({ is: "absent" });
    github.supplement.addRun({ id: 51, event: "push", branch: "main", sha });
    github.supplement.addArtifact({ name, zip, runId: 51 });
    const loaded = await store().load("api");
    expect(loaded.is === "found" && loaded.baseline.records.map((r) => r.id)).toEqual([recordNumber(1).id]);
  });

  test("tells an expired archive and a missing permission apart", async () => {
    const sha = github.branch("main");
    github.supplement.addRun({ id: 60, event: "push", branch: "main", sha });
    github.supplement.addArtifact({ name: "swarmgate-baseline-web", zip: Buffer.alloc(0), runId: 60, expired: true });
    expect(await store().load("web")).toMatchObject({ is: "expired" });
    github.fail({
      match: /actions\/artifacts/,
      times: 1,
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    expect(await store().load("web")).toMatchObject({
      is: "forbidden",
      remedy: expect.stringContaining("actions: read"),
    });
  });

  test("does not save where there is no artifact service", async () => {
    const upload = textUpload({ temporaryDirectory, available: false, retentionDays: undefined });
    await expect(upload({ name: "x", files: [] })).rejects.toThrow("no artifact service");
  });
});
