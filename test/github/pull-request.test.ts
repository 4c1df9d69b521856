import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { connectGitHub, type GitHubClient } from "../../src/github/api/client.ts";
import { resolvePullRequest } from "../../src/github/pull-request.ts";
import { refuseUntrusted } from "../../src/github/untrusted.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { contextOf, deploymentStatusEvent, pullRequestEvent, workflowRunEvent } from "./events.ts";

let github: GitHubEmulator;
let client: GitHubClient;
let own: SeededPull;
let fork: SeededPull;
const forkRepositoryId = 2;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  own = await github.openPull({ branch: "faster" });
  fork = await github.openPull({ branch: "patch-1", fork: true });
  client = await connectGitHub({
    token: tokens.actions,
    apiUrl: github.apiUrl,
    proxy: { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined },
    clock: systemClock,
    userAgent: "swarmgate-test",
    retryPauseMs: 2,
  });
});
afterAll(() => github.close());
beforeEach(() => {
  github.proxy.heal();
  github.forget();
});

describe("which pull request", () => {
  test("the input wins, then the payload; neither asks GitHub", async () => {
    const context = contextOf("pull_request", pullRequestEvent(own));
    expect(await resolvePullRequest({ context, client, given: 3 })).toEqual({ found: true, number: 3, comment: true });
    expect(await resolvePullRequest({ context, client })).toEqual({ found: true, number: own.number, comment: true });
    expect(github.proxy.requests).toHaveLength(0);
  });

  test("a merge queue's is known and not told", async () => {
    const ref = `refs/heads/gh-readonly-queue/main/pr-12-${own.headSha}`;
    const context = contextOf("merge_group", { merge_group: { head_ref: ref } }, { GITHUB_REF: ref });
    expect(await resolvePullRequest({ context, client })).toEqual({ found: true, number: 12, comment: false });
  });

  test("a deployment's is found by its commit, of an own branch and of a fork", async () => {
    for (const pull of [own, fork]) {
      const context = contextOf("deployment_status", deploymentStatusEvent(pull.headSha), { GITHUB_REF: "" });
      expect(await resolvePullRequest({ context, client })).toEqual({
        found: true,
        number: pull.number,
        comment: true,
      });
    }
  });

  test("a workflow_run's of an own branch is in the event", async () => {
    const event = workflowRunEvent({
      sha: own.headSha,
      branch: own.branch,
      headOwner: "octo",
      headRepositoryId: 1,
      pulls: [own.number],
    });
    expect(await resolvePullRequest({ context: contextOf("workflow_run", event), client })).toMatchObject({
      number: own.number,
    });
    expect(github.proxy.requests).toHaveLength(0);
  });

  test("D2: a workflow_run's of a fork is found by owner, branch, repository and commit", async () => {
    const run = { sha: fork.headSha, branch: fork.branch, headOwner: "mallory", headRepositoryId: forkRepositoryId };
    const found = await resolvePullRequest({ context: contextOf("workflow_run", workflowRunEvent(run)), client });
    expect(found).toEqual({ found: true, number: fork.number, comment: true });
    for (const other of [{ headRepositoryId: 77 }, { sha: "1".repeat(40) }]) {
      const context = contextOf("workflow_run", workflowRunEvent({ ...run, ...other }));
      expect(await resolvePullRequest({ context, client })).toMatchObject({ found: false });
    }
  });

  test("a push to a branch finds its open pull request by the commit, a push to main finds none to tell", async () => {
    const env = { GITHUB_REF: "refs/heads/faster", GITHUB_SHA: own.headSha };
    expect(await resolvePullRequest({ context: contextOf("push", {}, env), client })).toMatchObject({
      number: own.number,
    });
    expect(await resolvePullRequest({ context: contextOf("push", {}), client })).toEqual({
      found: false,
      reason: "this is a push to the default branch",
    });
    expect(await resolvePullRequest({ context: contextOf("schedule", {}), client })).toEqual({
      found: false,
      reason: "a schedule event belongs to no pull request",
    });
  });

  test("a refusal or a missing token is a reason, not an error", async () => {
    const context = contextOf("deployment_status", deploymentStatusEvent(own.headSha));
    expect(await resolvePullRequest({ context, client: undefined })).toMatchObject({ found: false });
    github.fail({ match: /pulls/, status: 403, body: { message: "Resource not accessible by integration" } });
    expect(await resolvePullRequest({ context, client })).toMatchObject({
      found: false,
      reason: expect.stringContaining("pull-requests: read"),
    });
  });
});

describe("code from a stranger", () => {
  const guard = (context: ReturnType<typeof contextOf>, over: { loadsLocustfile?: boolean; allowed?: boolean } = {}) =>
    refuseUntrusted({ context, client, loadsLocustfile: true, allowed: false, ...over });

  // Every event of GitHub's list that is not allowed, one that does not exist, and none at all.
  const refused =
    "branch_protection_rule check_run check_suite delete discussion discussion_comment fork gollum image_version issue_comment issues label milestone page_build project public pull_request_comment pull_request_review_comment pull_request_target registry_package status watch workflow_run tomorrow";
  test.each([...refused.split(" "), ""])("is refused under '%s' without a call", async (name) => {
    const context = contextOf(name, {});
    await expect(guard(context)).rejects.toMatchObject({
      code: "untrusted-locustfile",
      exitCode: 2,
      place: "allow-untrusted-locustfile",
      message: expect.stringContaining(`Refusing to run a locustfile from a '${name}' workflow`),
    });
    expect(github.proxy.requests).toHaveLength(0);
    await guard(context, { allowed: true });
    await guard(context, { loadsLocustfile: false });
  });

  test("is refused when a fork's commit was deployed, and an own branch's is not", async () => {
    await expect(guard(contextOf("deployment_status", deploymentStatusEvent(fork.headSha)))).rejects.toThrow(
      "the commit belongs to a fork",
    );
    await guard(contextOf("deployment_status", deploymentStatusEvent(own.headSha)));
    await guard(contextOf("deployment_status", deploymentStatusEvent(github.branch("main"))));
    const payload = { client_payload: { git: { sha: fork.headSha } } };
    await expect(guard(contextOf("repository_dispatch", payload))).rejects.toThrow("belongs to a fork");
    await guard(contextOf("repository_dispatch", { client_payload: {} }));
    const deployed = (sha: string) => contextOf("deployment", { deployment: { sha, environment: "preview" } });
    await expect(guard(deployed(fork.headSha))).rejects.toThrow("the commit belongs to a fork");
    await guard(deployed(own.headSha));
    await expect(guard(contextOf("deployment", {}))).rejects.toThrow("could not be found out");
  });

  test("is refused when nobody knows the commit or GitHub will not say", async () => {
    const unknown = contextOf("deployment_status", deploymentStatusEvent("9".repeat(40)));
    await expect(guard(unknown)).rejects.toThrow("could not be found out");
    github.fail({
      match: /branches-where-head/,
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    await expect(guard(contextOf("deployment_status", deploymentStatusEvent(own.headSha)))).rejects.toThrow(
      "pull-requests: read",
    );
    await expect(
      refuseUntrusted({ context: unknown, client: undefined, loadsLocustfile: true, allowed: false }),
    ).rejects.toThrow("could not be found out");
  });

  test.each("push pull_request pull_request_review merge_group schedule workflow_dispatch release create".split(" "))(
    "is no question under %s",
    async (name) => {
      await guard(contextOf(name, {}));
      expect(github.proxy.requests).toHaveLength(0);
    },
  );
});
