import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { connectGitHub, type GitHubClient } from "../../../src/github/api/client.ts";
import {
  type CommentOutcome,
  type CommentRequest,
  noteInComment,
  upsertComment,
} from "../../../src/github/comment/comment.ts";
import { commentMarker } from "../../../src/report/markdown/marker.ts";
import { botLogin, GitHubEmulator, type SeededPull, tokens } from "../../support/github-emulator.ts";

let github: GitHubEmulator;
let pull: SeededPull;
let pulls = 0;
beforeAll(async () => {
  github = await GitHubEmulator.start();
});
afterAll(() => github.close());
beforeEach(async () => {
  github.proxy.heal();
  pull = await github.openPull({ branch: `b${pulls++}` });
});

const connect = (token: string, clock = systemClock): Promise<GitHubClient> =>
  connectGitHub({
    token,
    apiUrl: github.apiUrl,
    proxy: { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined },
    clock,
    userAgent: "swarmgate-test",
    retryPauseMs: 2,
  });

async function tell(over: Partial<CommentRequest> & { token?: string } = {}): Promise<CommentOutcome> {
  return await upsertComment({
    client: await connect(over.token ?? tokens.actions),
    place: { owner: "octo", repo: "shop", pull: pull.number },
    name: "api",
    markdown: "<!-- swarmgate:api -->\n### passed\n\n<sub>now</sub>",
    mode: "always",
    news: "quiet",
    run: { id: 100, attempt: 1, sha: pull.headSha },
    ...over,
  });
}

const bodies = async (): Promise<string[]> => (await github.comments(pull.number)).map((c) => c.body);
const writes = () => github.seen(/^(POST|PATCH|DELETE) .*comments/).length;

describe("one comment for a name", () => {
  test("the first run makes it and tells its id and address", async () => {
    const outcome = await tell();
    const [made] = await github.comments(pull.number);
    expect(outcome).toMatchObject({ kind: "written", how: "created", id: made?.id });
    expect(made?.user.login).toBe(botLogin);
    expect(made?.body.split("\n").slice(0, 2)).toEqual(["<!-- swarmgate:api -->", "### passed"]);
  });

  test("the report's own marker, which tells its run, becomes the plain one", async () => {
    await tell({ markdown: "<!-- swarmgate:api run=17 attempt=1 sha=none -->\n### passed" });
    expect((await bodies())[0]?.split("\n").slice(0, 2)).toEqual(["<!-- swarmgate:api -->", "### passed"]);
  });

  test("the next run edits it, even behind a hundred other comments", async () => {
    for (let i = 0; i < 104; i++)
      await github.comment({ pull: pull.number, token: tokens.stranger, body: `talk ${i}` });
    await tell();
    const outcome = await tell({
      markdown: "### failed",
      news: "failing",
      run: { id: 101, attempt: 1, sha: pull.headSha },
    });
    expect(outcome).toMatchObject({ kind: "written", how: "updated" });
    const all = await bodies();
    expect(all).toHaveLength(105);
    expect(all.filter((body) => body.startsWith(commentMarker("api")))).toHaveLength(1);
    expect(all[104]).toContain("### failed");
  });

  test("a report that says the same but for the footer is left alone", async () => {
    const first = await tell();
    github.forget();
    const again = await tell({
      markdown: "<!-- swarmgate:api -->\n### passed\n\n<sub>later</sub>",
      run: { id: 102, attempt: 1, sha: pull.headSha },
    });
    expect(again).toEqual({ kind: "left", because: "same", id: (first as { id: number }).id, url: expect.any(String) });
    expect(writes()).toBe(0);
  });

  test("an older run does not overwrite a newer one, a later attempt does", async () => {
    const at = (id: number, attempt: number, markdown: string) =>
      tell({ markdown, run: { id, attempt, sha: pull.headSha } });
    await at(200, 1, "newer");
    expect(await at(199, 3, "older")).toMatchObject({ kind: "left", because: "newer-run" });
    expect((await bodies())[0]).toContain("newer");
    expect(await at(200, 2, "again")).toMatchObject({ kind: "written", how: "updated" });
  });

  test("D3: a run of a commit that is no longer the head leaves the comment to the newer commit's run", async () => {
    await tell();
    const outcome = await tell({ markdown: "### other", run: { id: 300, attempt: 1, sha: "0".repeat(40) } });
    expect(outcome).toMatchObject({ kind: "left", because: "newer-commit" });
  });

  test("other names have other comments", async () => {
    await tell();
    expect(await tell({ name: "web", markdown: "web" })).toMatchObject({ how: "created" });
    expect(await bodies()).toHaveLength(2);
  });

  test("a stranger's comment with our marker is not touched", async () => {
    const forged = "<!-- swarmgate:api -->\napproved";
    await github.comment({ pull: pull.number, token: tokens.stranger, body: forged });
    expect(await tell()).toMatchObject({ how: "created" });
    expect((await bodies())[0]).toBe(forged);
  });

  test("a person's token edits the person's comment, not the bot's", async () => {
    await tell();
    expect(await tell({ token: tokens.owner })).toMatchObject({ how: "created" });
    expect(await tell({ token: tokens.owner, markdown: "edited" })).toMatchObject({ how: "updated" });
    const all = await github.comments(pull.number);
    expect(all.map((c) => [c.user.login, c.body.includes("edited")])).toEqual([
      [botLogin, false],
      ["octo", true],
    ]);
  });

  test("twins made by two runs at once become one", async () => {
    for (const body of ["one", "two"]) {
      await github.comment({ pull: pull.number, token: tokens.actions, body: `<!-- swarmgate:api -->\n${body}` });
    }
    expect(await tell()).toMatchObject({ how: "updated" });
    expect(await bodies()).toHaveLength(1);
  });
});

describe("when to comment", () => {
  test("never asks GitHub nothing at all", async () => {
    github.forget();
    expect(await tell({ mode: "never", news: "failing" })).toEqual({ kind: "left", because: "never" });
    expect(github.proxy.requests).toHaveLength(0);
  });

  test("on-failure is silent until a failure, and says when it has cleared", async () => {
    const at = (id: number, news: "failing" | "quiet") =>
      tell({ mode: "on-failure", news, markdown: news, run: { id, attempt: 1, sha: pull.headSha } });
    expect(await at(1, "quiet")).toEqual({ kind: "left", because: "nothing-new" });
    expect(await at(2, "failing")).toMatchObject({ how: "created" });
    expect(await at(3, "quiet")).toMatchObject({ how: "updated" });
  });

  test("on-change speaks of changes that do not fail", async () => {
    expect(await tell({ mode: "on-change", news: "quiet" })).toEqual({ kind: "left", because: "nothing-new" });
    expect(await tell({ mode: "on-change", news: "change" })).toMatchObject({ how: "created" });
  });

  test("a note stands under the marker while a run goes on, and goes with the result", async () => {
    const note = async (text: string) =>
      noteInComment({
        client: await connect(tokens.actions),
        place: { owner: "octo", repo: "shop", pull: pull.number },
        name: "api",
        note: text,
        mode: "always",
        run: { id: 101, attempt: 1, sha: pull.headSha },
      });
    expect(await note("running")).toEqual({ kind: "left", because: "nothing-new" });
    await tell();
    expect(await note("running\n## x")).toMatchObject({ how: "updated" });
    await note("cancelled");
    const lines = (await bodies())[0]?.split("\n");
    expect(lines?.slice(0, 4)).toEqual([
      "<!-- swarmgate:api -->",
      "<!-- swarmgate-note -->cancelled",
      "",
      "### passed",
    ]);
    expect(await tell({ run: { id: 101, attempt: 1, sha: pull.headSha } })).toMatchObject({ how: "updated" });
    expect((await bodies())[0]).not.toContain("swarmgate-note");
  });
});

describe("when GitHub does not want to", () => {
  const notice = (outcome: CommentOutcome): string =>
    outcome.kind === "failed" ? outcome.notice : `not failed: ${outcome.kind}`;

  test("a refusal names the permission to grant", async () => {
    expect(notice(await tell({ token: tokens.readOnly }))).toBe(
      `could not comment on #${pull.number}: GitHub refused (403: Resource not accessible by integration - https://docs.github.com/rest); give this workflow the permission pull-requests: write`,
    );
  });

  test("a refusal in a fork's run names the second workflow instead", async () => {
    expect(notice(await tell({ token: tokens.readOnly, readOnly: "fork" }))).toContain(
      "workflow_run with mode: report",
    );
    expect(notice(await tell({ token: tokens.readOnly, readOnly: "dependabot" }))).toContain("pull-requests: write");
  });

  test("a bad token is told as one", async () => {
    expect(notice(await tell({ token: "ghp_expired" }))).toContain("refused the token (401)");
  });

  test("a pull request that is not there is told with the permission it may be", async () => {
    expect(notice(await tell({ place: { owner: "octo", repo: "shop", pull: 9999 } }))).toContain("answered 404");
  });

  test("a body over the limit is shortened to its heading", async () => {
    const markdown = `<!-- swarmgate:api -->\n### ❌ p95 is slower\n\n${"| row |\n".repeat(9000)}`;
    expect(await tell({ markdown })).toMatchObject({ how: "created" });
    const [body = ""] = await bodies();
    expect(body.length).toBeLessThan(1000);
    expect(body).toContain("### ❌ p95 is slower");
    expect(body).toContain("job summary");
  });

  test("a 422 is a notice", async () => {
    github.fail({ match: /^POST .*comments/, status: 422, body: { message: "Validation Failed" } });
    expect(notice(await tell())).toContain("422 (Validation Failed");
  });

  test("502 twice, then fine", async () => {
    github.fail({ match: /^GET .*comments/, times: 2, status: 502, body: "bad gateway" });
    expect(await tell()).toMatchObject({ how: "created" });
    github.fail({ match: /^PATCH .*comments/, times: 2, status: 502, body: "bad gateway" });
    expect(await tell({ markdown: "changed" })).toMatchObject({ how: "updated" });
  });

  test("502 for ever is a notice", async () => {
    github.fail({ match: /comments/, status: 502, body: { message: "Bad Gateway" } });
    expect(notice(await tell())).toContain("GitHub answered 502");
  });

  test("a create that worked although its answer was lost is not made twice", async () => {
    github.fail({ match: /^POST .*comments/, times: 1, drop: "after" });
    expect(await tell()).toMatchObject({ kind: "written", how: "created" });
    expect(await bodies()).toHaveLength(1);
  });

  test("a create whose socket dropped before GitHub heard of it is made again", async () => {
    github.fail({ match: /^POST .*comments/, times: 2, drop: "before" });
    expect(await tell()).toMatchObject({ kind: "written", how: "created" });
    expect(await bodies()).toHaveLength(1);
  });

  test("retry-after of a secondary limit is waited for", async () => {
    github.fail({
      match: /^POST .*comments/,
      times: 1,
      status: 403,
      headers: { "retry-after": "1" },
      body: { message: "You have exceeded a secondary rate limit." },
    });
    const startedAt = performance.now();
    expect(await tell()).toMatchObject({ how: "created" });
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  test("a limit of a minute met by something else leaves the comment its own", async () => {
    // A clock twenty times as fast.
    const clock = {
      now: () => performance.now() * 20,
      sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 20, signal),
    };
    const client = await connect(tokens.actions, clock);
    const limit = {
      times: 1,
      status: 403,
      headers: {},
      body: { message: "You have exceeded a secondary rate limit." },
    };
    github.fail({ match: /^GET .*comments/, ...limit });
    const place = { owner: "octo", repo: "shop", pull: pull.number };
    const run = { id: 100, attempt: 1, sha: pull.headSha };
    const note = { client, place, run, name: "api", mode: "always" as const, note: "measuring", budgetMs: 15_000 };
    expect(await noteInComment(note)).toMatchObject({ kind: "failed" });
    github.fail({ match: /^POST .*comments/, ...limit });
    expect(await tell({ client })).toMatchObject({ kind: "written", how: "created" });
  });

  test("a limit that lasts longer than a comment is worth is a notice at once", async () => {
    github.fail({ match: /comments/, status: 429, headers: { "retry-after": "3600" }, body: { message: "slow down" } });
    expect(notice(await tell())).toContain("rate limit is used up (429)");
  });

  test("a GitHub that never answers costs no more than the budget", async () => {
    github.fail({ match: /comments/, times: 1, delayMs: 3000, status: 502 });
    const startedAt = performance.now();
    expect(notice(await tell({ budgetMs: 200 }))).toContain("did not answer within");
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});
