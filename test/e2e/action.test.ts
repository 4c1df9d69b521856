import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { type ActionOutcome, cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { openShop, type ShopProcess } from "../support/shop-process.ts";
import { asTold, csvTally, htmlTally, markdownTally, resultTally } from "../support/surfaces.ts";

/** The built action, in a folder without node_modules, run as the runner runs it, on a real server. */

const root = fileURLToPath(new URL("../..", import.meta.url));
// Answers of 80 ms: a generator that shares two cores with target, API and tests is late by a few, which is then no
// fault of the measurement (docs/verdict.md#invalid-runs: a quarter of the median).
const locustfile = `
import { HttpUser, between, task } from "swarmgate";
export class Shopper extends HttpUser {
  waitTime = between(0.02, 0.05);
  @task(3) async home() { await this.client.get("/slow?ms=80", { name: "/" }); }
  @task async search() { await this.client.get("/search?q=oak", { name: "/search" }); }
}
`;

let shop: ShopProcess;
let github: GitHubEmulator;
let pull: SeededPull;

beforeAll(async () => {
  shop = await openShop();
  github = await GitHubEmulator.start();
  pull = await github.openPull({ branch: "faster" });
});
afterAll(async () => {
  await shop.close();
  await github.close();
  cleanUpActionRuns();
});

let runs = 100;

function act(
  more: Partial<Parameters<typeof runAction>[0]> & { inputs?: Record<string, string> } = {},
): Promise<ActionOutcome> {
  const { inputs, env, files, ...rest } = more;
  return runAction({
    event: { repository: { id: 1, default_branch: "main" }, ...pullRequestEvent(pull) },
    files: { "locustfile.ts": locustfile, ...files },
    ...rest,
    inputs: {
      host: shop.url,
      users: "10",
      "run-time": "3s",
      warmup: "1s",
      "baseline-store": "none",
      "upload-artifact": "false",
      ...inputs,
    },
    env: {
      GITHUB_REPOSITORY: "octo/shop",
      GITHUB_REPOSITORY_ID: "1",
      GITHUB_API_URL: github.apiUrl,
      GITHUB_TOKEN: tokens.actions,
      GITHUB_RUN_ID: String(runs++),
      GITHUB_RUN_ATTEMPT: "1",
      ...env,
    },
  });
}

const comments = async () => (await github.comments(pull.number)).filter(({ body }) => body.includes("swarmgate:"));

describe("a pull request", () => {
  it("gets one comment on the first run that says there is no baseline, a summary, and outputs", async () => {
    const outcome = await act();
    expect(outcome.annotations).toEqual([]);
    expect(outcome.exitCode, outcome.log).toBe(0);
    const [comment, ...others] = await comments();
    expect(others).toEqual([]);
    expect(comment?.body).toMatch(/^<!-- swarmgate:load-test -->\n### ℹ️/);
    expect(comment?.body).toContain("No baseline");
    expect(outcome.summary).toMatch(/^## ℹ️/);
    expect(outcome.outputs).toMatchObject({
      verdict: "pass",
      passed: "true",
      failures: "0",
      "error-rate": "0",
      "slo-failed": "0",
      regressions: "0",
      "baseline-found": "false",
      comparisons: "[]",
      "comment-id": String(comment?.id),
    });
    expect(Number(outcome.outputs.requests)).toBeGreaterThan(50);
    expect(Number(outcome.outputs.p95)).toBeGreaterThan(0);
    expect(outcome.log).toMatch(/\d\d:\d\d\/\d\d:\d\d .*users · /);
  });

  it("is told the same everywhere, to the last request and the last failure", async () => {
    const before = (await shop.log()).total.answered;
    const flaky = locustfile.replace("/search?q=oak", "/flaky").replace('"/search"', '"/flaky"');
    const outcome = await act({ files: { "locustfile.ts": flaky }, inputs: { slo: "errors < 90%" } });
    const served = (await shop.log()).total.answered - before;
    const path = outcome.outputs["result-path"] ?? "";
    const beside = (name: string) => readFileSync(join(path, "..", name), "utf8");
    const result = decodeResult(readFileSync(path, "utf8"), path);
    // Three readiness requests are no part of the load.
    expect(result.summary.allRequests, outcome.log).toBe(served - 3);
    const told = resultTally(result);
    const total = told.get("total");
    expect(total?.failures).toBeGreaterThan(0);
    expect(outcome.outputs).toMatchObject({ requests: `${total?.requests}`, failures: `${total?.failures}` });
    const comment = (await comments()).at(-1)?.body ?? "";
    for (const [surface, tally] of [
      ["report.html", htmlTally(beside("report.html"))],
      ["locust_stats.csv", csvTally(beside("locust_stats.csv"))],
      ["comment.md", markdownTally(beside("comment.md"))],
      ["comment", markdownTally(comment)],
      ["summary", markdownTally(outcome.summary)],
    ] as const) {
      expect(Object.fromEntries(tally), surface).toEqual(Object.fromEntries(asTold(told, tally)));
    }
  });

  it("has that comment edited by the second run, even behind forty other comments", async () => {
    for (let i = 0; i < 40; i++) await github.comment({ pull: pull.number, token: tokens.stranger, body: `LGTM ${i}` });
    const [before] = await comments();
    const outcome = await act();
    expect(outcome.exitCode, outcome.log).toBe(0);
    const after = await comments();
    expect(after.map(({ id }) => id)).toEqual([before?.id]);
    expect(outcome.outputs["comment-id"]).toBe(String(before?.id));
  });

  it("fails on a broken promise with an annotation, and the comment names promise and endpoint", async () => {
    const outcome = await act({ inputs: { slo: 'p95 < 0.01ms of "GET /search"\nerrors < 1%' } });
    expect(outcome.exitCode).toBe(99);
    expect(outcome.outputs).toMatchObject({ verdict: "fail", passed: "false", "slo-failed": "1" });
    expect(outcome.annotations.filter(({ level }) => level === "error")).toHaveLength(1);
    expect(outcome.annotations[0]?.message).toContain("GET /search");
    const [comment] = await comments();
    expect(comment?.body.split("\n")[1]).toMatch(/^### ❌ .*`GET \/search`/);
  });

  it("keeps its verdict when the comment is forbidden: the summary carries it and a notice says what to grant", async () => {
    const outcome = await act({ env: { GITHUB_TOKEN: tokens.readOnly } });
    expect(outcome.exitCode, outcome.log).toBe(0);
    expect(outcome.outputs.verdict).toBe("pass");
    expect(outcome.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringMatching(/^notice: .*pull-requests: write/),
    ]);
    expect(outcome.summary).toMatch(/^## ℹ️/);
  });
});

describe("bad input", () => {
  it("is told all at once, each by its name, and nothing is sent", async () => {
    const before = (await shop.log()).total.received;
    const outcome = await act({ inputs: { users: "ten", "run-time": "soon", tolerence: "5%" } });
    expect(outcome.exitCode).toBe(2);
    const messages = outcome.annotations.map(({ message }) => message).join("\n");
    expect(messages).toContain('users: "ten" is not a whole number');
    expect(messages).toContain('run-time: "soon"');
    expect(messages).toContain("tolerence: there is no such input");
    expect((await shop.log()).total.received).toBe(before);
  });

  it.each([
    ["a missing locustfile", { inputs: { locustfile: "load/test.ts" } }, 2, /load\/test\.ts/],
    [
      "a broken locustfile",
      { files: { "locustfile.ts": "import { task } from 'swarmgate';\nclass {\n" } },
      2,
      /locustfile\.ts:2:\d+/,
    ],
    ["a locustfile without users", { files: { "locustfile.ts": "export const a = 1;\n" } }, 2, /user class/i],
    ["a host without a scheme", { inputs: { host: "localhost:8080" } }, 2, /"http:\/\/" or "https:\/\/" is missing/],
    ["a host outside allowed-hosts", { inputs: { "allowed-hosts": "example.com" } }, 2, /127\.0\.0\.1.*allowed/],
    ["an unreadable threshold", { inputs: { slo: "p95 < fast" } }, 2, /slo:1/],
    ["a target that is not there", { inputs: { host: "http://127.0.0.1:9", "wait-timeout": "1s" } }, 4, /not ready/],
    ["results that are not there", { inputs: { mode: "merge", results: "shards/*.json" } }, 2, /no file shards/],
    ["a missing configuration file", { inputs: { config: "ci/gate.yml" } }, 2, /ci\/gate\.yml/],
    [
      "an unknown key of the configuration",
      { files: { ".github/swarmgate.yml": "version: 1\nslos: []\n" } },
      2,
      /\.github\/swarmgate\.yml:2:1.*slo/s,
    ],
    [
      "a baseline that cannot be read",
      { inputs: { "baseline-store": "file" }, files: { ".swarmgate/baseline.json": "{" } },
      2,
      /baseline\.json/,
    ],
  ])("%s ends with its own message and exit code, and sends nothing", async (_, run, exitCode, message) => {
    const before = (await shop.log()).total.received;
    const outcome = await act(run as Parameters<typeof act>[0]);
    const told = outcome.annotations.map((a) => `${a.file ? `${a.file}:${a.line}: ` : ""}${a.message}`).join("\n");
    expect(told, outcome.stdout + outcome.stderr).toMatch(message);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.outputs.verdict).toBeUndefined();
    expect((await shop.log()).total.received - before).toBeLessThanOrEqual(3); // readiness alone
  });
});

describe("never green", () => {
  it("a run without a single request", async () => {
    const idle = `import { User, task, constant } from "swarmgate";
      export class Idle extends User { waitTime = constant(0.1); @task nothing() {} }`;
    const outcome = await act({ files: { "locustfile.ts": idle } });
    expect(outcome.outputs).toMatchObject({ verdict: "invalid", passed: "false", requests: "0" });
    expect(outcome.exitCode).toBe(3);
  });

  it("a run whose users all died in onStart", async () => {
    const dead = `import { HttpUser, task } from "swarmgate";
      export class Dead extends HttpUser { async onStart() { throw new Error("no login"); } @task async home() { await this.client.get("/"); } }`;
    const outcome = await act({ files: { "locustfile.ts": dead } });
    expect(outcome.exitCode).toBe(3);
    expect(outcome.outputs.reason).toBe("users-dead");
    expect(outcome.summary).toContain("no login");
  });

  it("a promise about an endpoint that saw no request; the nearest names are told", async () => {
    const outcome = await act({ inputs: { slo: 'p95 < 1s of "GET /serach"' } });
    expect(outcome.exitCode).toBe(99);
    expect(outcome.annotations[0]?.message).toMatch(/no data.*GET \/search/is);
  });

  it("a locustfile that aims elsewhere: the request is a named failure, nothing leaves", async () => {
    const elsewhere = locustfile.replace(
      'get("/slow?ms=80", { name: "/" })',
      'get("http://169.254.169.254/latest/meta-data")',
    );
    const outcome = await act({ files: { "locustfile.ts": elsewhere } });
    expect(outcome.exitCode).toBe(3);
    expect(outcome.outputs.reason).toBe("forbidden-host");
    expect(outcome.summary).toContain("169.254.169.254");
  });
});

describe("user code", () => {
  it("sees no token and no input, and cannot speak to the runner", async () => {
    const nosy = `${locustfile}
      console.log("::set-output name=verdict::hacked");
      console.log("::error::forged");
      console.log("SEEN " + Object.keys(process.env).sort().join(" "));`;
    const outcome = await act({
      files: { "locustfile.ts": nosy },
      env: { ACTIONS_RUNTIME_TOKEN: "runtime-secret", MY_FLAG: "1", GITHUB_TOKEN: tokens.actions },
      inputs: { env: "MY_*" },
    });
    expect(outcome.exitCode, outcome.log).toBe(0);
    expect(outcome.annotations).toEqual([]);
    const seen = /SEEN (.*)/.exec(outcome.stdout)?.[1]?.split(" ") ?? [];
    expect(seen).toContain("MY_FLAG");
    expect(seen.filter((name) => /^(INPUT_|ACTIONS_|GITHUB_|RUNNER_)/.test(name))).toEqual([]);
    expect(outcome.outputs.verdict).toBe("pass");
  });
});

describe("the baseline in a file", () => {
  it("is learnt on the default branch and compared with on a pull request, which says how", async () => {
    const store = { "baseline-store": "file", "baseline-path": "baseline.json" };
    const push = await act({
      eventName: "push",
      event: { repository: { id: 1, default_branch: "main" } },
      env: { GITHUB_REF: "refs/heads/main" },
      inputs: store,
    });
    expect(push.exitCode, push.log).toBe(0);
    expect(push.log).toContain("1 run");
    await shop.turn("regression=true");
    const request = await act({ workspace: push.workspace, inputs: store }).finally(() =>
      shop.turn("regression=false"),
    );
    expect(request.outputs["baseline-found"], request.log).toBe("true");
    const [comment] = await comments();
    expect(comment?.body).toContain("`GET /search`");
    expect(JSON.parse(request.outputs.comparisons ?? "[]").length).toBeGreaterThan(0);
  });
});

describe("real input", () => {
  it("an online boutique's locustfile is counted to the last request by us and by the shop", async () => {
    const before = (await shop.log()).total.answered;
    const outcome = await act({
      inputs: { locustfile: "boutique.ts", users: "10", "run-time": "5s", warmup: "0", slo: "errors < 5%" },
      files: { "boutique.ts": readFileSync(join(root, "examples/online-boutique/locustfile.ts"), "utf8") },
    });
    const path = outcome.outputs["result-path"] ?? "";
    const result = decodeResult(readFileSync(path, "utf8"), path);
    const served = (await shop.log()).total.answered - before;
    const answeredByRedirect = new Set(["POST /cart", "POST /setCurrency", "POST /cart/empty", "GET /logout"]);
    const forms = result.summary.endpoints.filter(({ endpoint }) =>
      answeredByRedirect.has(`${endpoint.method} ${endpoint.name}`),
    );
    // The shop answers a form with a redirect, which it serves and a request includes; and three readiness requests.
    const redirects = forms.reduce((sum, { requests, failures }) => sum + requests - failures, 0);
    expect(result.summary.allRequests, outcome.log).toBe(served - redirects - 3);
    expect(outcome.exitCode, outcome.log).toBe(0);
  });
});
