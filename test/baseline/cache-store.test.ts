import { expect, test } from "vitest";
import { type CachePort, CacheStore } from "../../src/baseline/cache-store.ts";
import { baselineStoreContract } from "../contract/baseline-store.ts";
import { recordNumber, records } from "./support/records.ts";

/** The cache's rules: a key is written once, the newest entry of a prefix is restored. */
function cache() {
  const entries: { key: string; text: string }[] = [];
  const newestFirst = (prefix: string) => entries.filter(({ key }) => key.startsWith(prefix)).reverse();
  const port: CachePort = {
    list: (prefix) => Promise.resolve(newestFirst(prefix).map(({ key }) => key)),
    restore: (which) =>
      Promise.resolve("key" in which ? entries.find(({ key }) => key === which.key) : newestFirst(which.prefix)[0]),
    save: (key, text) => {
      if (entries.some((entry) => entry.key === key)) return Promise.resolve("exists");
      entries.push({ key, text });
      return Promise.resolve("saved");
    },
  };
  return { entries, port };
}

baselineStoreContract("cache", { forbids: false, expires: false }, () => {
  const { entries, port } = cache();
  return Promise.resolve({
    store: ({ keep }) => new CacheStore({ port, keep }),
    plant: (text) => {
      entries.push({ key: "swarmgate-baseline/api/planted", text });
      return Promise.resolve();
    },
    text: () => Promise.resolve(entries.at(-1)?.text),
    close: () => Promise.resolve(),
  });
});

test("where keys may not be listed the newest entry carries the history", async () => {
  const { port } = cache();
  const store = new CacheStore({ port: { ...port, list: () => Promise.resolve("forbidden") }, keep: 5 });
  for (const record of records(3)) await store.save("api", record);
  expect(await store.load("api")).toMatchObject({ is: "found", baseline: { records: { length: 3 } } });
});

test("an event that may only read is told what may write", async () => {
  const { port } = cache();
  const store = new CacheStore({ port: { ...port, save: () => Promise.resolve("read-only") }, keep: 5 });
  expect(await store.save("api", recordNumber(1))).toMatchObject({ is: "unsaved", reason: "read-only" });
});

test("a cache that fails is unreadable, not absent", async () => {
  const { port } = cache();
  const store = new CacheStore({ port: { ...port, list: () => Promise.reject(new Error("down")) }, keep: 5 });
  expect(await store.load("api")).toMatchObject({ is: "unreadable", why: expect.stringContaining("down") });
});

test("a name that begins like another's does not see its entries", async () => {
  const { port } = cache();
  const store = new CacheStore({ port, keep: 5 });
  await store.save("api-2", recordNumber(1));
  expect(await store.load("api")).toMatchObject({ is: "absent" });
});
