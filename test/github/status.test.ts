import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { connectGitHub } from "../../src/github/api/client.ts";
import { beginStatus, type StatusKind } from "../../src/github/status.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";

let github: GitHubEmulator;
let pull: SeededPull;
beforeAll(async () => {
  github = await GitHubEmulator.start();
  pull = await github.openPull({ branch: "faster" });
});
afterAll(() => github.close());
beforeEach(() => {
  github.proxy.heal();
  github.forget();
});

async function begin(kind: StatusKind, token: string = tokens.actions) {
  const client = await connectGitHub({
    token,
    apiUrl: github.apiUrl,
    proxy: { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined },
    clock: systemClock,
    userAgent: "swarmgate-test",
    retryPauseMs: 2,
  });
  const url = "https://github.com/octo/shop/actions/runs/1";
  return await beginStatus(kind, { client, owner: "octo", repo: "shop", sha: pull.headSha, name: "api", url });
}
const failure = { conclusion: "failure", title: `p95 ${"of `GET /ä` ".repeat(30)}`, summary: "table" } as const;

test("a commit status is pending, then what came out, within its 140 characters", async () => {
  const status = await begin("commit-status");
  expect(await status.end(failure)).toBeUndefined();
  expect(github.supplement.statuses.map((s) => [s.context, s.state])).toEqual([
    ["swarmgate/api", "pending"],
    ["swarmgate/api", "failure"],
  ]);
  expect([...(github.supplement.statuses[1]?.description ?? "")]).toHaveLength(140);
});

test("a check run is in progress, then completed", async () => {
  const status = await begin("check-run");
  expect(await status.end({ ...failure, conclusion: "neutral" })).toBeUndefined();
  const [created, updated] = github.seen(/check-runs/);
  expect([created?.method, created?.status]).toEqual(["POST", 201]);
  expect(JSON.parse(created?.body ?? "{}")).toMatchObject({
    name: "swarmgate/api",
    status: "in_progress",
    head_sha: pull.headSha,
  });
  expect([updated?.method, updated?.status]).toEqual(["PATCH", 200]);
  expect(JSON.parse(updated?.body ?? "{}")).toMatchObject({ status: "completed", conclusion: "neutral" });
});

test("a check run whose beginning was lost is told at its end", async () => {
  github.fail({ match: /POST .*check-runs/, times: 1, status: 403, body: { message: "not now" } });
  const status = await begin("check-run");
  expect(status.notice).toContain("checks: write");
  expect(await status.end(failure)).toBeUndefined();
  expect(github.seen(/^POST .*check-runs/).at(-1)?.status).toBe(201);
});

test("a refusal is a notice that names the permission, and none asks nothing", async () => {
  const status = await begin("commit-status", tokens.readOnly);
  expect(status.notice).toContain("give this workflow the permission statuses: write");
  expect(await status.end(failure)).toContain("statuses: write");
  github.forget();
  expect(await (await begin("none")).end(failure)).toBeUndefined();
  expect(github.proxy.requests).toHaveLength(0);
});
