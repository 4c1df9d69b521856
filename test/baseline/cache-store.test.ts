import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { CacheStore } from "../../src/baseline/cache-store.ts";
import { connectGitHub } from "../../src/github/api/client.ts";
import { cachePort, readCacheService } from "../../src/github/cache/cache-service.ts";
import { baselineStoreContract } from "../contract/baseline-store.ts";
import type { CacheScopes } from "../support/cache-shelf.ts";
import { ResultsService } from "../support/results-service.ts";
import { recordNumber, records } from "./support/records.ts";

const main = "refs/heads/main";
const pull = "refs/pull/7/merge";
const onMain: CacheScopes = { write: main, read: [main] };
const onPull: CacheScopes = { write: pull, read: [pull, main] };
const github = "https://github.com";
const enterprise = "https://ghe.corp.example";

interface Run {
  readonly scopes?: CacheScopes;
  readonly serverUrl?: string;
  readonly ref?: string;
  readonly teaches?: boolean;
  readonly env?: Record<string, string | undefined>;
  readonly keep?: number;
}

/** A store as a run with that token makes it, on a results service of its own. */
async function storeOf(results: ResultsService, run: Run = {}): Promise<CacheStore> {
  const { scopes = onMain, serverUrl = github, ref = main, teaches = true, keep = 20 } = run;
  const client = await connectGitHub({
    token: "ghs_1",
    apiUrl: results.url,
    proxy: { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined },
    clock: systemClock,
    userAgent: "test",
    retryPauseMs: 1,
  });
  const service = readCacheService({ ...results.envFor(scopes), ...run.env }, { serverUrl });
  const context = { owner: "octo", repo: "shop", ref, eventName: "push", defaultBranch: "main" };
  return new CacheStore({ port: cachePort({ service, client, context, teaches }), keep });
}

const version = createHash("sha256").update("swarmgate-baseline").digest("hex");
const keyFor = (text: string) => `swarmgate-baseline/api/${createHash("sha256").update(text).digest("hex")}`;

function plant(results: ResultsService, { text, key, ref = main }: { text: string; key?: string; ref?: string }): void {
  const entry = results.caches.reserve({ key: key ?? keyFor(text), version, ref });
  if (entry) entry.bytes = Buffer.from(text);
}

for (const [name, serverUrl] of [
  ["cache (github.com)", github],
  ["cache (Enterprise Server)", enterprise],
] as const) {
  baselineStoreContract(name, { forbids: true, expires: true }, async () => {
    const results = new ResultsService();
    await results.listen();
    let scopes = onMain;
    const stores = new Map<number, CacheStore>();
    const prepare = async (keep: number) => stores.set(keep, await storeOf(results, { scopes, serverUrl, keep }));
    await prepare(5);
    await prepare(20);
    return {
      store: ({ keep }) => stores.get(keep) as CacheStore,
      plant: (text) => Promise.resolve(plant(results, { text })),
      text: () => Promise.resolve(results.caches.entries.at(-1)?.bytes?.toString()),
      forbid: async () => {
        scopes = { write: undefined, read: [] };
        await prepare(5);
      },
      expire: () => {
        // Listed, and gone a moment later.
        for (const entry of results.caches.entries) Object.assign(entry, { version: "another" });
        return Promise.resolve();
      },
      close: () => results.close(),
    };
  });
}

describe("the cache store", () => {
  let results: ResultsService;
  beforeEach(async () => {
    results = new ResultsService();
    await results.listen();
  });
  afterEach(() => results.close());
  const load = async (run: Run = {}) => (await storeOf(results, run)).load("api");
  const save = async (run: Run = {}, number = 1) => (await storeOf(results, run)).save("api", recordNumber(number));

  test("where keys may not be listed the newest entry carries the history", async () => {
    results.fail({
      match: /actions\/caches$/,
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    const store = await storeOf(results, { keep: 5 });
    for (const record of records(3)) await store.save("api", record);
    expect(await store.load("api")).toMatchObject({ is: "found", baseline: { records: { length: 3 } } });
  });

  test("a pull request reads the default branch's and writes nothing", async () => {
    await save();
    const proposal = { scopes: onPull, ref: pull, teaches: false };
    expect(await load(proposal)).toMatchObject({ is: "found", baseline: { records: { length: 1 } } });
    expect(await save(proposal, 2)).toMatchObject({ is: "unsaved", reason: "read-only" });
    expect(results.caches.entries).toHaveLength(1);
  });

  test("what a pull request planted in its own scope is not read in the default branch's place", async () => {
    await save();
    const [genuine] = results.caches.entries;
    plant(results, { text: "{ forged", ref: pull });
    expect(await load({ scopes: onPull, ref: pull })).toMatchObject({
      is: "found",
      baseline: { records: { length: 1 } },
    });
    plant(results, { text: "{ forged", key: genuine?.key ?? "", ref: pull });
    expect(await load({ scopes: onPull, ref: pull })).toMatchObject({
      is: "unreadable",
      why: expect.stringContaining("not what was saved under that key"),
    });
  });

  test("A6: a run that belongs to no branch is told so, and what to set", async () => {
    expect(await load({ ref: "", scopes: { write: undefined, read: [] } })).toMatchObject({
      is: "forbidden",
      why: expect.stringContaining("belongs to no branch"),
      remedy: expect.stringContaining("baseline-store: artifact"),
    });
    expect(results.calls).toEqual([]);
  });

  test.each([
    ["read", "found", "unsaved"],
    ["write", "found", "saved"],
    ["none", "forbidden", "unsaved"],
    ["write-only", "forbidden", "unsaved"],
    ["something new", "found", "saved"],
  ])("ACTIONS_CACHE_MODE=%s is heeded before anything is asked", async (mode, loaded, saved) => {
    await save();
    const env = { ACTIONS_CACHE_MODE: mode };
    expect(await load({ env })).toMatchObject({ is: loaded });
    expect(await save({ env }, 2)).toMatchObject({ is: saved });
  });

  test.each([github, enterprise])("a token that may only read (%s) is told what may write", async (serverUrl) => {
    const reading = { scopes: { write: undefined, read: [main] }, serverUrl };
    expect(await save(reading)).toMatchObject({ is: "unsaved", reason: "read-only", remedy: /push, schedule/ });
  });

  test("a platform without a cache says so", async () => {
    expect(await load({ env: { ACTIONS_RESULTS_URL: "" } })).toMatchObject({
      is: "forbidden",
      why: expect.stringContaining("this platform offers no cache"),
    });
  });

  test.each([github, enterprise])("a service that is down for a moment (%s) is asked again", async (serverUrl) => {
    results.fail({ match: /artifactcache|CacheService/, times: 2, status: 503 });
    results.fail({ match: /blob/, times: 1, status: 503 });
    expect(await save({ serverUrl })).toMatchObject({ is: "saved", runs: 1 });
    results.fail({ match: /artifactcache|CacheService/, times: 2, status: 503 });
    expect(await load({ serverUrl })).toMatchObject({ is: "found" });
  });

  test.each([github, enterprise])("a service that stays down (%s) is unreadable, not absent", async (serverUrl) => {
    results.fail({ match: /artifactcache|CacheService/, status: 503 });
    await save();
    plant(results, { text: "{}" });
    expect(await load({ serverUrl })).toMatchObject({ is: "unreadable", why: expect.stringContaining("503") });
  });

  test("an entry that was reserved and never finished is not taken for saved", async () => {
    const store = await storeOf(results);
    await store.save("api", recordNumber(1));
    // The reservation was made, and its answer got lost: asked again, the service says that the key is taken.
    const [first] = results.caches.entries;
    results.caches.drop(first?.id ?? 0);
    results.caches.reserve({ key: first?.key ?? "", version, ref: main });
    expect(await store.save("api", recordNumber(1))).toMatchObject({
      is: "unsaved",
      reason: "failed",
      why: expect.stringContaining("did not finish"),
    });
  });

  test("a quota that is used up is named", async () => {
    const body = { code: "resource_exhausted", msg: "insufficient usage to create cache" };
    results.fail({ match: /CreateCacheEntry/, status: 429, body });
    expect(await save()).toMatchObject({
      is: "unsaved",
      reason: "failed",
      why: expect.stringContaining("quota for caches is used up"),
    });
  });

  test("a name that begins like another's does not see its entries", async () => {
    await (await storeOf(results)).save("api-2", recordNumber(1));
    expect(await load()).toMatchObject({ is: "absent" });
  });

  test("an entry larger than any baseline is not read", async () => {
    plant(results, { text: " ".repeat(40 * 1024 * 1024) });
    expect(await load()).toMatchObject({ is: "unreadable", why: expect.stringContaining("larger than") });
  });
});
