import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../../src/base/clock.ts";
import { connectGitHub, type GitHubClient } from "../../../src/github/api/client.ts";
import { awaitDeployment, findBaseDeployment } from "../../../src/github/deployment/deployment.ts";
import { type DeploymentState, planDeployment } from "../../../src/github/deployment/deployment-plan.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../../support/github-emulator.ts";

/** Sleeping moves the time on at once and lets a test act before each look. */
class LeapingClock implements Clock {
  nowMs = 0;
  onSleep: (nowMs: number) => void = () => undefined;
  now(): number {
    return this.nowMs;
  }
  sleep(ms: number): Promise<void> {
    this.nowMs += ms;
    this.onSleep(this.nowMs);
    return Promise.resolve();
  }
}

let github: GitHubEmulator;
let clock: LeapingClock;
let client: GitHubClient;
let pull: SeededPull;
let count = 0;
beforeAll(async () => {
  github = await GitHubEmulator.start();
});
afterAll(() => github.close());
beforeEach(async () => {
  github.proxy.heal();
  pull = await github.openPull({ branch: `d${count++}` });
  clock = new LeapingClock();
  client = await connectGitHub({
    token: tokens.actions,
    apiUrl: github.apiUrl,
    proxy: { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined },
    clock: systemClock,
    userAgent: "swarmgate-test",
    retryPauseMs: 2,
  });
  github.forget();
});

const wait = (environment = "Preview*", timeoutMs = 900_000) =>
  awaitDeployment({
    client: { ...client, clock },
    owner: "octo",
    repo: "shop",
    sha: pull.headSha,
    environment,
    timeoutMs,
  });

describe("the deployment of the head commit", () => {
  test("is taken once it succeeds, in the environment asked for, past a cancelled twin", async () => {
    const { headSha: sha } = pull;
    const url = "https://shop-1.vercel.app";
    github.supplement.addDeployment({
      sha: "c".repeat(40),
      environment: "Preview",
      statuses: [{ state: "success", url: "https://old" }],
    });
    github.supplement.addDeployment({
      sha,
      environment: "Production",
      statuses: [{ state: "success", url: "https://prod" }],
    });
    const id = github.supplement.addDeployment({
      sha,
      environment: "Preview – shop",
      statuses: [{ state: "pending" }],
    });
    github.supplement.addDeployment({ sha, environment: "Preview – shop", statuses: [{ state: "inactive" }] });
    clock.onSleep = (nowMs) => {
      if (nowMs > 120_000)
        github.supplement.setDeploymentStatuses(id, [{ state: "pending" }, { state: "success", url }]);
    };
    expect(await wait("preview*")).toMatchObject({ found: true, url, environment: "Preview – shop", sha });
  });

  test("A8: costs at most a hundred calls in a quarter of an hour, most of them free", async () => {
    github.supplement.addDeployment({ sha: pull.headSha, environment: "Preview", statuses: [{ state: "pending" }] });
    const answer = await wait();
    expect(answer).toMatchObject({ found: false, kind: "failed" });
    expect(answer.calls).toBeLessThanOrEqual(100);
    const charged = github.proxy.requests.filter((seen) => seen.status !== 304);
    expect(charged).toHaveLength(2);
  });

  test("that never comes is none after the time given", async () => {
    expect(await wait()).toMatchObject({
      found: false,
      kind: "none",
      reason: expect.stringContaining("nothing was deployed"),
    });
    expect(clock.nowMs).toBe(900_000);
  });

  test("B6: that nobody expects is not waited for long, unless one is on its way", async () => {
    const hurried = () =>
      awaitDeployment({
        client: { ...client, clock },
        owner: "octo",
        repo: "shop",
        sha: pull.headSha,
        environment: "Preview*",
        timeoutMs: 900_000,
        noneAfterMs: 60_000,
      });
    expect(await hurried()).toMatchObject({ found: false, kind: "none" });
    expect(clock.nowMs).toBeLessThan(100_000);
    const { headSha: sha } = pull;
    const seed = { sha, environment: "Preview", statuses: [{ state: "in_progress" }] };
    github.supplement.addDeployment(seed);
    expect(await hurried()).toMatchObject({ found: false, kind: "failed" });
    expect(clock.nowMs).toBeGreaterThan(900_000);
  });

  test("that was skipped is none", async () => {
    github.supplement.addDeployment({
      sha: pull.headSha,
      environment: "Preview",
      statuses: [{ state: "inactive", description: "Skipped - Not affected" }],
    });
    expect(await wait()).toMatchObject({ found: false, kind: "none", reason: expect.stringContaining("inactive") });
  });

  test("that failed is told after a minute's grace, not after the whole time", async () => {
    github.supplement.addDeployment({ sha: pull.headSha, environment: "Preview", statuses: [{ state: "failure" }] });
    expect(await wait()).toMatchObject({ found: false, kind: "failed", reason: expect.stringContaining("failed") });
    expect(clock.nowMs).toBeLessThan(120_000);
  });

  test("that may not be read names the permission", async () => {
    github.fail({ match: /deployments/, status: 403, body: { message: "Resource not accessible by integration" } });
    expect(await wait()).toMatchObject({ kind: "failed", reason: expect.stringContaining("deployments: read") });
  });
});

test("a plan takes a success whatever its twins do, and waits while something is on its way", () => {
  const state = (over: Partial<DeploymentState>): DeploymentState => ({
    id: 1,
    sha: "a",
    ref: "a",
    environment: "Preview",
    state: undefined,
    url: undefined,
    ...over,
  });
  const won = state({ state: "success", url: "https://x" });
  expect(planDeployment([state({ state: "error" }), won])).toMatchObject({ do: "take" });
  expect(planDeployment([state({ state: "error" }), state({})])).toMatchObject({ do: "wait" });
  expect(planDeployment([state({ state: "success" })])).toMatchObject({ do: "linger", failed: true });
  expect(planDeployment([])).toMatchObject({ do: "linger", failed: false });
});

describe("the base version", () => {
  const base = () =>
    findBaseDeployment({ client, owner: "octo", repo: "shop", environment: "Staging*", baseBranch: "main" });

  test("is the newest live deployment whose commit is on the base branch", async () => {
    const sha = github.branch("main");
    github.supplement.addDeployment({
      sha,
      environment: "Staging",
      statuses: [{ state: "success", url: "https://old" }],
    });
    github.supplement.addDeployment({
      sha,
      environment: "Staging",
      statuses: [{ state: "success", url: "https://base" }],
    });
    github.supplement.addDeployment({ sha, environment: "Staging", statuses: [{ state: "failure" }] });
    github.supplement.addDeployment({
      sha: pull.headSha,
      environment: "Staging",
      statuses: [{ state: "success", url: "https://head" }],
    });
    expect(await base()).toMatchObject({ found: true, url: "https://base", sha });
  });

  test("that is not there is told", async () => {
    const answer = await findBaseDeployment({
      client,
      owner: "octo",
      repo: "shop",
      environment: "Nowhere",
      baseBranch: "main",
    });
    expect(answer).toMatchObject({ found: false, kind: "none" });
  });
});
