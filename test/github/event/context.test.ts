import { expect, test } from "vitest";
import { readContext } from "../../../src/github/event/context.ts";
import { contextOf, deploymentStatusEvent, pullRequestEvent, workflowRunEvent } from "../events.ts";

const head = "a".repeat(40);
const base = "b".repeat(40);
const pull = { number: 7, headSha: head, baseSha: base, branch: "faster", headOwner: "octo" };

test("a pull request is measured at its head, not at the merge commit", () => {
  const context = contextOf("pull_request", pullRequestEvent(pull), { GITHUB_REF: "refs/pull/7/merge" });
  expect(context).toMatchObject({
    headSha: head,
    baseSha: base,
    eventSha: "f".repeat(40),
    branch: "faster",
    baseBranch: "main",
    isFork: false,
    onDefaultBranch: false,
    pullRequest: { number: 7 },
  });
});

test("a pull request from elsewhere is a fork's, also when the fork is gone", () => {
  expect(contextOf("pull_request", pullRequestEvent(pull, 99)).isFork).toBe(true);
  expect(contextOf("pull_request", pullRequestEvent(pull, null)).isFork).toBe(true);
});

test("a fork's main is not the default branch", () => {
  const event = pullRequestEvent({ ...pull, branch: "main" }, 99);
  expect(contextOf("pull_request", event, { GITHUB_REF: "refs/pull/7/merge" }).onDefaultBranch).toBe(false);
  expect(contextOf("push", { before: base }).onDefaultBranch).toBe(true);
});

test("a push knows what was there before, and a new branch had nothing", () => {
  expect(contextOf("push", { before: base }).baseSha).toBe(base);
  expect(contextOf("push", { before: "0".repeat(40) }).baseSha).toBeUndefined();
});

test("a deployment is measured at its commit, although it has no ref", () => {
  const context = contextOf("deployment_status", deploymentStatusEvent(head), { GITHUB_REF: "" });
  expect(context).toMatchObject({
    headSha: head,
    ref: "",
    branch: undefined,
    onDefaultBranch: false,
    deployment: { sha: head, environment: "Preview", state: "success", url: "https://shop-git-faster.vercel.app" },
  });
});

test("a dispatch tells its URL and commit, in Vercel's words", () => {
  const payload = { url: "https://x.vercel.app", environment: "preview", git: { sha: head, ref: "faster" } };
  const context = contextOf("repository_dispatch", { action: "vercel.deployment.success", client_payload: payload });
  expect(context.dispatch).toEqual({
    type: "vercel.deployment.success",
    url: "https://x.vercel.app",
    environment: "preview",
    sha: head,
  });
  expect(context.headSha).toBe(head);
});

test("what is no commit is not taken for one", () => {
  const payload = { url: "https://x", git: { sha: "main; rm -rf /" } };
  expect(contextOf("repository_dispatch", { client_payload: payload }).dispatch?.sha).toBeUndefined();
});

test("a merge group names its last pull request", () => {
  const ref = `refs/heads/gh-readonly-queue/main/pr-104-${base}`;
  const event = { merge_group: { head_sha: head, head_ref: ref, base_sha: base, base_ref: "refs/heads/main" } };
  expect(contextOf("merge_group", event, { GITHUB_REF: ref })).toMatchObject({
    mergeGroupPull: 104,
    baseSha: base,
    baseBranch: "main",
  });
});

test("the run that a workflow_run is about may be a fork's", () => {
  const event = workflowRunEvent({ sha: head, branch: "main", headOwner: "mallory", headRepositoryId: 99 });
  expect(contextOf("workflow_run", event)).toMatchObject({ headSha: head, isFork: true, onDefaultBranch: false });
  // Deployed by hand and told by dispatch: the workflow runs on main, the commit is another.
  const dispatch = contextOf("repository_dispatch", { client_payload: { git: { sha: head } } });
  expect(dispatch).toMatchObject({ onDefaultBranch: false, branch: undefined });
});

test("GitHub Enterprise Server and Gitea have no artifact service, github.com and ghe.com have", () => {
  const at = (server: string) =>
    contextOf("push", {}, { GITHUB_SERVER_URL: server, ACTIONS_RUNTIME_TOKEN: "x" }).hasArtifactService;
  expect(at("https://github.com")).toBe(true);
  expect(at("https://acme.ghe.com")).toBe(true);
  expect(at("https://git.corp.example/")).toBe(false);
  expect(at("https://github.com.evil.example")).toBe(false);
});

test("a payload of any shape and an empty environment are read without a throw", () => {
  for (const event of [
    undefined,
    null,
    3,
    "x",
    [],
    { pull_request: 3, deployment: [], workflow_run: "x", repository: null },
  ]) {
    const context = readContext({ env: {}, event });
    expect(context.pullRequest).toBeUndefined();
    expect(context.apiUrl).toBe("https://api.github.com");
  }
});

test("a second attempt's page is the attempt's", () => {
  expect(contextOf("push", {}, { GITHUB_RUN_ATTEMPT: "2" }).run).toEqual({
    id: 9001,
    number: 17,
    attempt: 2,
    url: "https://github.com/octo/shop/actions/runs/9001/attempts/2",
  });
});
