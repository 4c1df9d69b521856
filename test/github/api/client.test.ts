import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { readOnlyCause } from "../../../src/github/api/api-advice.ts";
import { type ClientOptions, connectGitHub, readProxySettings } from "../../../src/github/api/client.ts";
import { actionsBot, loginOf } from "../../../src/github/api/identity.ts";
import { limitWaitMs } from "../../../src/github/api/rate-limit.ts";
import { Silence } from "../../../src/github/api/silence.ts";
import { readRepositoryFile } from "../../../src/github/files/repository-file.ts";
import { GitHubEmulator, tokens } from "../../support/github-emulator.ts";

let github: GitHubEmulator;
beforeAll(async () => {
  github = await GitHubEmulator.start();
});
afterAll(() => github.close());
beforeEach(() => {
  github.proxy.heal();
  github.forget();
});

const connect = (over: Partial<ClientOptions> = {}) =>
  connectGitHub({
    token: tokens.actions,
    apiUrl: github.apiUrl,
    proxy: readProxySettings({}),
    clock: systemClock,
    userAgent: "swarmgate/1.2.3",
    retryPauseMs: 2,
    ...over,
  });
const live = new AbortController().signal;

describe("the API client", () => {
  test("speaks to the address it was given, also one with a path and a slash at its end", async () => {
    const { octokit } = await connect({ apiUrl: `${github.apiUrl}/api/v3/` });
    await octokit.rest.repos.get({ owner: "octo", repo: "shop" }).catch(() => undefined);
    expect(github.proxy.requests[0]?.path).toBe("/api/v3/repos/octo/shop");
    expect(github.proxy.requests[0]?.headers["user-agent"]).toContain("swarmgate/1.2.3");
  });

  test("repeats what broke on the way, and not what was refused", async () => {
    const { octokit } = await connect();
    github.fail({ match: /GET \/repos/, times: 1, status: 502, body: "bad gateway" });
    github.fail({ match: /GET \/repos/, times: 1, drop: "before" });
    await octokit.rest.repos.get({ owner: "octo", repo: "shop" });
    expect(github.proxy.requests).toHaveLength(3);
    github.fail({ match: /GET \/repos/, status: 403, body: { message: "no" } });
    await expect(octokit.rest.repos.get({ owner: "octo", repo: "shop" })).rejects.toMatchObject({ status: 403 });
    expect(github.proxy.requests).toHaveLength(4);
  });

  test("an API that says nothing is given up, and has a last chance at every later call", async () => {
    const { octokit } = await connect({ silence: new Silence({ limitMs: 300 }) });
    const get = () => octokit.rest.repos.get({ owner: "octo", repo: "shop" });
    github.fail({ match: /GET \/repos/, times: 3, delayMs: 5000, status: 502 });
    const startedAt = performance.now();
    for (const _ of [1, 2, 3]) await expect(get()).rejects.toThrow(/did not answer within/);
    expect(performance.now() - startedAt).toBeLessThan(2500);
    await get();
  });

  test("clients that share their patience wait for a silent API once, not each", async () => {
    const silence = new Silence({ limitMs: 1500, lastChanceMs: 100 });
    const [one, other] = [await connect({ silence }), await connect({ silence })];
    github.fail({ match: /GET \/repos/, delayMs: 8000, status: 502 });
    const startedAt = performance.now();
    for (const { octokit } of [one, other, one, other])
      await expect(octokit.rest.repos.get({ owner: "octo", repo: "shop" })).rejects.toThrow(/did not answer/);
    expect(performance.now() - startedAt).toBeLessThan(2900);
  });

  test("calls that meet a limit of unsaid length wait for its one end", async () => {
    const waits: number[] = [];
    let nowMs = 0;
    const clock = {
      ...systemClock,
      now: () => nowMs,
      sleep: async (ms: number) => {
        waits.push(ms);
        nowMs += ms / 2;
      },
    };
    const { octokit } = await connect({ clock, waitBudgetMs: 100_000 });
    const body = { message: "You have exceeded a secondary rate limit" };
    github.fail({ match: /GET \/repos/, times: 2, status: 403, body });
    await octokit.rest.repos.get({ owner: "octo", repo: "shop" });
    expect(waits).toEqual([60_000, 30_000]);
  });

  test("waits for limits only as long as its budget lasts", async () => {
    const { octokit } = await connect({ waitBudgetMs: 1500 });
    github.fail({ match: /GET \/repos/, status: 429, headers: { "retry-after": "1" }, body: { message: "slow" } });
    await expect(octokit.rest.repos.get({ owner: "octo", repo: "shop" })).rejects.toMatchObject({ status: 429 });
    expect(github.proxy.requests).toHaveLength(2);
  });

  test("goes through the proxy of the environment, except where no_proxy says not to", async () => {
    const hosts: string[] = [];
    // A plain proxy gets the whole address in the request line (RFC 9112, 3.2.2); only https is tunnelled.
    const proxy = createServer((req, res) => {
      const url = new URL(req.url ?? "/", "http://not-a-proxy-request");
      hosts.push(url.host);
      const upstream = httpRequest(url, { method: req.method, headers: req.headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      });
      req.pipe(upstream);
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    const http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const through = await connect({ proxy: readProxySettings({ http_proxy }) });
    await through.octokit.rest.repos.get({ owner: "octo", repo: "shop" });
    expect(hosts).toEqual([new URL(github.apiUrl).host]);
    const around = await connect({ proxy: readProxySettings({ HTTP_PROXY: http_proxy, NO_PROXY: "127.0.0.1,.corp" }) });
    await around.octokit.rest.repos.get({ owner: "octo", repo: "shop" });
    expect(hosts).toHaveLength(1);
    proxy.closeAllConnections();
    proxy.close();
  });
});

describe("who a token is", () => {
  test("a person is asked of REST, an app's bot of GraphQL", async () => {
    expect(await loginOf(await connect({ token: tokens.owner }), live)).toBe("octo");
    github.forget();
    expect(await loginOf(await connect(), live)).toBe(actionsBot);
    expect(github.seen(/graphql/)).toHaveLength(1);
  });

  test("where GraphQL is missing it is the workflow's own", async () => {
    github.fail({ match: /graphql/, status: 404, body: { message: "Not Found" } });
    expect(await loginOf(await connect(), live)).toBe(actionsBot);
  });

  test("a fork's and Dependabot's tokens may only read", () => {
    const base = { eventName: "pull_request", isFork: false, isDependabot: false };
    expect(readOnlyCause(base)).toBeUndefined();
    expect(readOnlyCause({ ...base, isFork: true })).toBe("fork");
    expect(readOnlyCause({ ...base, isDependabot: true })).toBe("dependabot");
    expect(readOnlyCause({ ...base, eventName: "workflow_run", isFork: true })).toBeUndefined();
  });
});

describe("a file at a commit", () => {
  test("is read as it was there, and may be absent", async () => {
    const client = await connect();
    const sha = github.branch("main");
    const at = (path: string) => readRepositoryFile({ client, owner: "octo", repo: "shop", path, sha });
    expect(String(await at("./README.md"))).toContain("# shop");
    expect(await at(".github/swarmgate.yml")).toBeUndefined();
  });
});

test("how long a limit lasts is read from retry-after, then from the reset, else a minute", () => {
  const error = (status: number, headers: Record<string, string>, message = "no") =>
    Object.assign(new Error(message), { status, response: { headers } });
  expect(limitWaitMs(error(403, { "retry-after": "7" }), 0)).toBe(7000);
  expect(limitWaitMs(error(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "90" }), 60_000)).toBe(30_000);
  expect(limitWaitMs(error(403, {}, "You have exceeded a secondary rate limit"), 0)).toBe(60_000);
  expect(limitWaitMs(error(403, {}, "Resource not accessible by integration"), 0)).toBeUndefined();
  expect(limitWaitMs(error(404, {}), 0)).toBeUndefined();
  expect(limitWaitMs(new Error("x"), 0)).toBeUndefined();
});
