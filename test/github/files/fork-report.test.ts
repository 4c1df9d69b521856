import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { connectGitHub, type GitHubClient } from "../../../src/github/api/client.ts";
import { fetchForkReport } from "../../../src/github/files/fork-report.ts";
import { GitHubEmulator, tokens } from "../../support/github-emulator.ts";
import { makeZip, type ZipEntry } from "../../support/make-zip.ts";
import { contextOf, workflowRunEvent } from "../events.ts";

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
