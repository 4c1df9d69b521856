import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { connectGitHub, type GitHubClient } from "../../src/github/client.ts";
import { fetchForkReport } from "../../src/github/fork-report.ts";
import { readZippedFile } from "../../src/github/zip.ts";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { makeZip, type ZipEntry } from "../support/make-zip.ts";
import { contextOf, workflowRunEvent } from "./events.ts";

let github: GitHubEmulator;
let client: GitHubClient;
let runId = 5000;
beforeAll(async () => {
  github = await GitHubEmulator.start();
  client = await connectGitHub({
    token: tokens.actions,
    apiUrl: github.apiUrl,
    proxy: { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined },
    clock: systemClock,
    userAgent: "swarmgate-test",
    retryPauseMs: 2,
  });
});
afterAll(() => github.close());
beforeEach(() => {
  github.proxy.heal();
  github.forget();
  runId++;
});

const context = contextOf("push", {});
const fetchReport = (over: { runId?: number; context?: typeof context } = {}) =>
  fetchForkReport({ client, context, runId, artifactName: "swarmgate-results", ...over });
const upload = (zip: Buffer, over: { name?: string; expired?: boolean; claimedBytes?: number } = {}) =>
  github.supplement.addArtifact({ name: "swarmgate-results", zip, runId, ...over });
const report: ZipEntry = { name: "report.json", data: '{"schema":1}' };

describe("another run's report", () => {
  test("is read from its artifact, without giving the token to the storage host", async () => {
    upload(
      makeZip([{ name: "result.json", data: "x" }, { name: "csv/", data: "", mode: 0o040755, stored: true }, report]),
    );
    expect(await fetchReport()).toBe('{"schema":1}');
    const [blob] = github.seen(/_blob/);
    expect(blob?.headers.authorization).toBeUndefined();
    expect(blob?.headers.host).toMatch(/^localhost/);
  });

  test("of a second attempt is the newer artifact's", async () => {
    upload(makeZip([report]));
    upload(makeZip([{ name: "report.json", data: "second" }]));
    upload(makeZip([{ name: "report.json", data: "other" }]), { name: "another" });
    expect(await fetchReport()).toBe("second");
  });

  test("that is not there, has expired or may not be read is told so", async () => {
    await expect(fetchReport()).rejects.toMatchObject({ code: "report-not-found", exitCode: 2 });
    upload(makeZip([report]), { expired: true });
    await expect(fetchReport()).rejects.toThrow("has expired");
    github.fail({ match: /artifacts/, status: 403, body: { message: "Resource not accessible by integration" } });
    await expect(fetchReport()).rejects.toThrow("actions: read");
  });

  test("is of the run that the event is about, and of no other", async () => {
    const event = workflowRunEvent({ sha: "a".repeat(40), branch: "b", headOwner: "mallory", headRepositoryId: 2 });
    await expect(fetchReport({ context: contextOf("workflow_run", event) })).rejects.toMatchObject({
      code: "run-id-mismatch",
    });
    const missing = fetchForkReport({ client, context, runId: undefined, artifactName: "x" });
    await expect(missing).rejects.toMatchObject({ code: "run-id-missing" });
  });

  test("is not downloaded when it claims to be huge, and cut when it is", async () => {
    upload(makeZip([report]), { claimedBytes: 10 ** 9 });
    await expect(fetchReport()).rejects.toMatchObject({ code: "report-refused", exitCode: 3 });
    expect(github.seen(/_blob/)).toHaveLength(0);
    const url = `${github.apiUrl}/repos/octo/shop/actions/runs/${runId}/artifacts`;
    await expect(client.download(url, { limitBytes: 10 })).rejects.toThrow("larger than 10 bytes");
  });
});

describe("a hostile zip", () => {
  const limits = { fileBytes: 1_048_576, entries: 50 };
  const read = (entries: readonly ZipEntry[]) => readZippedFile(makeZip(entries), "report.json", limits).toString();

  test.each<[string, ZipEntry[], string]>([
    ["goes up", [report, { name: "../../.bashrc", data: "x" }], "unsafe name"],
    ["is absolute", [report, { name: "/etc/passwd", data: "x" }], "unsafe name"],
    ["has backslashes", [report, { name: "..\\x", data: "x" }], "unsafe name"],
    ["has a drive", [report, { name: "C:x", data: "x" }], "unsafe name"],
    ["has a NUL", [report, { name: "report.json\u0000.exe", data: "x" }], "unsafe name"],
    ["is a symbolic link", [{ ...report, mode: 0o120777 }], "no regular file"],
    ["has a link beside it", [report, { name: "x", data: "/etc", mode: 0o120777 }], "no regular file"],
    ["has a device", [report, { name: "x", data: "", mode: 0o060644 }], "no regular file"],
    ["has it twice", [report, report], "more than once"],
    ["does not have it", [{ name: "Report.json", data: "x" }], "no report.json"],
    ["is encrypted", [{ ...report, flags: 1 }], "encrypted"],
    ["has too many", Array.from({ length: 51 }, (_, i) => ({ name: `f${i}`, data: "" })), "more than 50"],
    ["says it is larger", [{ name: "report.json", data: "x", claimedBytes: 2 ** 31 }], "larger than 1048576"],
    ["is a bomb", [{ name: "report.json", data: Buffer.alloc(200_000_000), claimedBytes: 9 }], "larger than it says"],
    ["says it is smaller", [{ name: "report.json", data: "xxxx", claimedBytes: 3 }], "damaged"],
  ])("that %s is refused", (_, entries, why) => {
    expect(() => read(entries)).toThrow(why);
  });

  test("of random bytes never does more than throw", () => {
    const good = makeZip([report]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(good.length),
        (edits, cut) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of edits) bytes[at] = value;
          for (const zip of [bytes, bytes.subarray(0, cut)]) {
            try {
              expect(readZippedFile(zip, "report.json", limits).toString()).toBe('{"schema":1}');
            } catch (error) {
              expect(error).toBeInstanceOf(Error);
              expect((error as Error).message).not.toMatch(/out of range|ERR_/);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
