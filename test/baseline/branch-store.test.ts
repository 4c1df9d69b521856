import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { Random } from "../../src/base/random.ts";
import { BranchStore } from "../../src/baseline/branch-store.ts";
import { baselineStoreContract } from "../contract/baseline-store.ts";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { recordNumber } from "./support/records.ts";
import { restOver } from "./support/rest.ts";

let github: GitHubEmulator;
let branches = 0;
beforeAll(async () => {
  github = await GitHubEmulator.start();
});
afterAll(() => github.close());

function storeOn(branch: string, { keep = 20, token = tokens.actions as string } = {}): BranchStore {
  return new BranchStore({
    request: restOver(github.apiUrl, token),
    repository: `${github.owner}/${github.repo}`,
    branch,
    keep,
    clock: systemClock,
    random: Random.from("writers"),
  });
}

const api = (branch: string) => `/repos/${github.owner}/${github.repo}/contents/api/baseline.json?ref=${branch}`;

baselineStoreContract("branch", { forbids: true, expires: false }, () => {
  const branch = `baseline-${branches++}`;
  const request = restOver(github.apiUrl, tokens.owner);
  const text = async () => {
    const { status, body } = await request("GET", api(branch));
    return status === 200 ? Buffer.from((body as { content: string }).content, "base64").toString() : undefined;
  };
  return Promise.resolve({
    store: ({ keep }) => storeOn(branch, { keep }),
    plant: async (planted) => {
      // As a person would: one commit by the git data API.
      const git = `/repos/${github.owner}/${github.repo}/git`;
      const sha = (answer: { body: unknown }) => (answer.body as { sha: string }).sha;
      const entry = { path: "api/baseline.json", mode: "100644", type: "blob", content: planted };
      const tree = sha(await request("POST", `${git}/trees`, { tree: [entry] }));
      const commit = sha(await request("POST", `${git}/commits`, { message: "by hand", tree, parents: [] }));
      await request("POST", `${git}/refs`, { ref: `refs/heads/${branch}`, sha: commit });
    },
    text,
    forbid: () => {
      const body = { message: "Resource not accessible by integration" };
      github.fail({ match: new RegExp(`GET .*/git/ref/heads/${branch}$`), status: 403, body });
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});

test("the branch has no history in common with main, and one commit for each run", async () => {
  const store = storeOn("history");
  for (const n of [1, 2]) await store.save("api", recordNumber(n));
  await store.save("web", recordNumber(3));
  const request = restOver(github.apiUrl, tokens.owner);
  const parents: string[] = [];
  const ref = await request("GET", `/repos/${github.owner}/${github.repo}/git/ref/heads/history`);
  let next: string | undefined = (ref.body as { object: { sha: string } }).object.sha;
  while (next) {
    parents.push(next);
    const commit = await request("GET", `/repos/${github.owner}/${github.repo}/git/commits/${next}`);
    next = (commit.body as { parents: { sha: string }[] }).parents[0]?.sha;
  }
  expect(parents).toHaveLength(3);
  expect(parents).not.toContain(github.branch("main"));
  expect(await store.load("api")).toMatchObject({ is: "found", baseline: { records: { length: 2 } } });
});

test("a token that may only read is told what to grant", async () => {
  const saved = await storeOn("read-only", { token: tokens.readOnly }).save("api", recordNumber(1));
  expect(saved).toMatchObject({
    is: "unsaved",
    reason: "forbidden",
    remedy: expect.stringContaining("contents: write"),
  });
});

test("a protected branch is told from a lost race", async () => {
  const store = storeOn("protected");
  await store.save("api", recordNumber(1));
  const body = { message: "Repository rule violations found: changes must be made through a pull request" };
  github.fail({ match: /PATCH .*\/git\/refs\/heads\/protected$/, status: 422, body });
  expect(await store.save("api", recordNumber(2))).toMatchObject({ is: "unsaved", reason: "forbidden" });
});

test("a server error is a failure to save, and to read, and never an empty baseline", async () => {
  const store = storeOn("broken");
  await store.save("api", recordNumber(1));
  github.fail({ match: /GET .*\/git\/blobs\//, times: 2, status: 502, body: { message: "Bad Gateway" } });
  expect(await store.load("api")).toMatchObject({ is: "unreadable", why: expect.stringContaining("502") });
  expect(await store.save("api", recordNumber(2))).toMatchObject({ is: "unsaved", reason: "unreadable" });
  expect(await store.save("api", recordNumber(2))).toMatchObject({ is: "saved", runs: 2 });
});
