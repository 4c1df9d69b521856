import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readZippedFile } from "../../src/base/zip.ts";
import { ArtifactStore } from "../../src/baseline/artifact-store.ts";
import { emptyBaseline } from "../../src/baseline/baseline.ts";
import { encodeBaseline } from "../../src/baseline/document.ts";
import { baselineStoreContract } from "../contract/baseline-store.ts";
import { makeZip } from "../support/make-zip.ts";
import { ActionsServer } from "./support/actions-server.ts";
import { recordNumber } from "./support/records.ts";
import { downloadOver, restOver } from "./support/rest.ts";

/** A store whose uploads become artifacts of runs that succeed. */
function storeOn(server: ActionsServer, keep: number, download = downloadOver(server.url)): ArtifactStore {
  return new ArtifactStore({
    request: restOver(server.url, "t"),
    download,
    upload: ({ name, files }) => {
      server.add({ name, zip: makeZip(files.map(({ name: file, text }) => ({ name: file, data: text }))) });
      return Promise.resolve();
    },
    repository: "octo/shop",
    branch: "main",
    keep,
  });
}

baselineStoreContract("artifact", { forbids: true, expires: true }, async () => {
  const server = await ActionsServer.start();
  return {
    store: ({ keep }) => storeOn(server, keep),
    plant: (text) => {
      server.add({ zip: makeZip([{ name: "baseline.json", data: text }]) });
      return Promise.resolve();
    },
    text: () => {
      const zip = server.artifacts.at(-1)?.zip;
      const file = zip && readZippedFile(zip, "baseline.json", { fileBytes: 1e6, entries: 1 });
      return Promise.resolve(file?.toString());
    },
    forbid: () => {
      server.refusal = { status: 403, message: "Resource not accessible by integration" };
      return Promise.resolve();
    },
    expire: () => {
      for (const artifact of server.artifacts) artifact.expired = true;
      return Promise.resolve();
    },
    close: () => server.close(),
  };
});

describe("which runs are baselines", () => {
  let server: ActionsServer;
  beforeEach(async () => {
    server = await ActionsServer.start();
  });
  afterEach(() => server.close());

  const zip = (n: number) =>
    makeZip([{ name: "baseline.json", data: encodeBaseline({ ...emptyBaseline("api"), records: [recordNumber(n)] }) }]);
  const found = async () => {
    const loaded = await storeOn(server, 20).load("api");
    return loaded.is === "found" ? loaded.baseline.records.map(({ id }) => Number.parseInt(id, 16)) : loaded.is;
  };

  test("a fork's branch that is called main never is", async () => {
    server.add({ zip: zip(1) });
    server.add({ zip: zip(2), event: "pull_request", headRepositoryId: 666 });
    server.add({ zip: zip(3), event: "push", headRepositoryId: 666 });
    expect(await found()).toEqual([1]);
  });

  test.each([
    ["a pull request's", { event: "pull_request" }],
    ["one of a target event", { event: "pull_request_target" }],
    ["a failed one", { conclusion: "failure" }],
    ["a cancelled one", { conclusion: "cancelled" }],
    ["one that is still running", { conclusion: null }],
    ["another branch's", { head_branch: "feature" }],
  ])("%s is not", async (_, run) => {
    server.add({ zip: zip(1), ...run });
    expect(await found()).toBe("absent");
  });

  test.each(["push", "schedule", "workflow_dispatch"])("a successful %s is", async (event) => {
    server.add({ zip: zip(1), event });
    expect(await found()).toEqual([1]);
  });

  test("copies written at the same time are merged", async () => {
    for (const n of [1, 2, 3]) server.add({ zip: zip(n) });
    expect(await found()).toEqual([1, 2, 3]);
  });

  test("an archive that expires between listing and reading is expired", async () => {
    server.add({ zip: zip(1) });
    expect(await storeOn(server, 20, () => Promise.resolve(null)).load("api")).toMatchObject({ is: "expired" });
  });

  test("an archive without a baseline, or no archive at all, is unreadable", async () => {
    server.add({ zip: makeZip([{ name: "readme", data: "" }]) });
    expect(await found()).toBe("unreadable");
    server.add({ zip: Buffer.from("gibberish") });
    expect(await found()).toBe("unreadable");
  });

  test("an upload that fails is told and nothing is thrown", async () => {
    const store = new ArtifactStore({
      request: restOver(server.url, "t"),
      download: downloadOver(server.url),
      upload: () => Promise.reject(new Error("no artifact service")),
      repository: "octo/shop",
      branch: "main",
      keep: 20,
    });
    expect(await store.save("api", recordNumber(1))).toMatchObject({
      is: "unsaved",
      reason: "failed",
      why: expect.stringContaining("no artifact service"),
    });
  });

  test("a server that does not answer makes it unreadable", async () => {
    const store = storeOn(server, 20);
    server.refusal = { status: 502, message: "Bad Gateway" };
    expect(await store.load("api")).toMatchObject({ is: "unreadable", why: expect.stringContaining("502") });
  });

  test("a busy repository costs a bounded number of requests", async () => {
    for (let n = 0; n < 150; n++) server.add({ zip: zip(n), conclusion: n < 100 ? "success" : "failure" });
    expect(await found()).toBe("absent");
    expect(server.seen.length).toBeLessThan(60);
  });
});
