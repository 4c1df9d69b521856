import { afterAll, beforeAll, expect, test } from "vitest";
import { botLogin, GitHubEmulator, tokens } from "../support/github-emulator.ts";

let github: GitHubEmulator;
beforeAll(async () => {
  github = await GitHubEmulator.start();
});
afterAll(() => github.close());

const call = (token: string, method: string, path: string, body?: unknown) =>
  fetch(`${github.apiUrl}${path}`, {
    method,
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test("a comment made with the workflow's token belongs to the bot and is there afterwards", async () => {
  const pull = await github.openPull({ branch: "faster" });
  const made = await github.comment({ pull: pull.number, token: tokens.actions, body: "hello" });
  expect(made.user.login).toBe(botLogin);
  expect((await github.comments(pull.number)).map((c) => c.body)).toEqual(["hello"]);
});

test("the refusals of GitHub that the emulator lacks are there", async () => {
  const pull = await github.openPull({ branch: "refusals" });
  const comments = `/repos/octo/shop/issues/${pull.number}/comments`;
  expect((await call("nonsense", "GET", comments)).status).toBe(401);
  expect((await call(tokens.readOnly, "POST", comments, { body: "x" })).status).toBe(403);
  expect((await call(tokens.actions, "GET", "/user")).status).toBe(403);
  expect((await call(tokens.actions, "POST", comments, { body: "x".repeat(65_537) })).status).toBe(422);
  expect((await call(tokens.actions, "POST", comments, { body: "x".repeat(65_536) })).status).toBe(201);
});

test("the head of a fork's pull request has no pull requests, as on GitHub", async () => {
  const own = await github.openPull({ branch: "own" });
  const fork = await github.openPull({ branch: "patch-1", fork: true });
  const pulls = async (sha: string) =>
    (
      (await (await call(tokens.actions, "GET", `/repos/octo/shop/commits/${sha}/pulls`)).json()) as {
        number: number;
      }[]
    ).map((p) => p.number);
  expect(await pulls(own.headSha)).toEqual([own.number]);
  expect(await pulls(fork.headSha)).toEqual([]);
});

test("a fault answers as often as told, then the emulator does", async () => {
  github.fail({ match: /GET \/user$/, times: 2, status: 502, body: "bad gateway" });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await call(tokens.owner, "GET", "/user")).status);
  expect(statuses).toEqual([502, 502, 200]);
});
