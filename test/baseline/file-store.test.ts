import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { FileStore } from "../../src/baseline/file-store.ts";
import { fileNameOf } from "../../src/baseline/store.ts";
import { baselineStoreContract } from "../contract/baseline-store.ts";
import { recordNumber } from "./support/records.ts";

baselineStoreContract("file", { forbids: false, expires: false }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "swarmgate-baseline-"));
  const path = join(directory, "baseline.json");
  return {
    store: ({ keep }) => new FileStore({ path, keep, clock: systemClock }),
    plant: (text) => writeFile(path, text),
    text: () => readFile(path, "utf8"),
    close: () => rm(directory, { recursive: true }),
  };
});

let directory = "";
let path = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "swarmgate-baseline-"));
  path = join(directory, "deep", "baseline.json");
});
afterEach(() => rm(directory, { recursive: true }));
const store = () => new FileStore({ path, keep: 20, clock: systemClock });

test("ten processes at once lose nothing and leave nothing behind", async () => {
  const script = fileURLToPath(new URL("support/save-one.ts", import.meta.url));
  const runs = Array.from({ length: 10 }, (_, n) => promisify(execFile)(process.execPath, [script, path, String(n)]));
  for (const { stdout } of await Promise.all(runs)) expect(JSON.parse(stdout)).toMatchObject({ is: "saved" });
  const loaded = await store().load("api");
  expect(loaded.is === "found" && loaded.baseline).toMatchObject({ revision: 10, records: { length: 10 } });
  expect(await readdir(join(directory, "deep"))).toEqual(["baseline.json"]);
}, 60_000);

test("a claim left by a writer that died is taken down", async () => {
  await store().save("api", recordNumber(1));
  // The successor of the version on disk, claimed a minute ago by nobody any more.
  const first = await readFile(path, "utf8");
  const { createHash } = await import("node:crypto");
  const claim = `${path}.${createHash("sha256").update(first).digest("hex").slice(0, 24)}.next`;
  await writeFile(claim, "half a docu");
  const minuteAgo = new Date(systemClock.now() - 60_000);
  await utimes(claim, minuteAgo, minuteAgo);
  expect(await store().save("api", recordNumber(2))).toMatchObject({ is: "saved", runs: 2 });
});

test("a file that belongs to another load test is refused, with what to do", async () => {
  await store().save("api", recordNumber(1));
  expect(await store().save("web", recordNumber(2))).toMatchObject({
    is: "unsaved",
    reason: "other-name",
    remedy: expect.stringContaining("baseline-path"),
  });
});

test("a directory in the file's place is unreadable, not absent", async () => {
  const at = new FileStore({ path: directory, keep: 20, clock: systemClock });
  expect(await at.load("api")).toMatchObject({ is: "unreadable" });
});

test("names become file names that differ where the names do", () => {
  expect(fileNameOf("load-test")).toBe("load-test");
  expect(fileNameOf("a/b")).not.toBe(fileNameOf("a b"));
  expect(fileNameOf("../../etc")).toMatch(/^[\w-]+$/);
});
