import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pullRequestEvent, workflowRunEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { makeZip } from "../support/make-zip.ts";
import { ResultsService } from "../support/results-service.ts";
import { type ActionOutcome, cleanUpActionRuns } from "../support/run-action.ts";
import { locustfile, Stage, told } from "../support/stage.ts";

/** Persona (d): strangers' pull requests, measured without rights and told by a second workflow. D1 to D9. */

const forkId = 2;
let stage: Stage;
let github: GitHubEmulator;
let fork: SeededPull;
const results = new ResultsService();

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
  await results.listen();
  fork = await github.openPull({ branch: "patch-1", fork: true });
});
afterEach(() => {
  stage.target.forget();
  github.forget();
});
afterAll(async () => {
  await stage.target.close();
  await results.close();
  await github.close();
  cleanUpActionRuns();
});

const writes = () => github.seen(/^(POST|PATCH|PUT|DELETE) (?!\/graphql)/);
const event = () => pullRequestEvent(fork, forkId);
const untrusted = { GITHUB_TOKEN: tokens.readOnly };

/** What the first workflow leaves as an artifact; its own comment.md beside it. */
async function measured(inputs: Record<string, string> = {}): Promise<{ outcome: ActionOutcome; zip: Buffer }> {
  const name = `swarmgate-results-${stage.lastRun}`;
  const outcome = await stage.act({
    event: event(),
    inputs: { comment: "never", "upload-artifact": "true", "artifact-name": name, ...inputs },
    env: { ...results.env, ...untrusted },
  });
  const zip = results.artifacts.get(name);
  if (!zip) throw new Error(told(outcome));
  return { outcome, zip };
}

/** The second workflow. */
function report(
  zip: Buffer,
  more: { inputs?: Record<string, string>; env?: Record<string, string>; sha?: string } = {},
) {
  const runId = stage.lastRun;
  github.supplement.addArtifact({ name: "swarmgate-results", zip, runId });
  const payload = workflowRunEvent({
    sha: more.sha ?? fork.headSha,
    branch: fork.branch,
    headOwner: fork.headOwner,
    headRepositoryId: forkId,
  });
  Object.assign(payload.workflow_run, { id: runId, run_number: 17, run_attempt: 1 });
  return stage.act({
    eventName: "workflow_run",
    event: payload,
    inputs: { mode: "report", "artifact-name": "swarmgate-results", host: "", ...more.inputs },
    files: { "locustfile.ts": `console.log("LOADED"); export {};` },
    ...(more.env && { env: more.env }),
  });
}

describe("the first workflow, with a token that may only read", () => {
  it("D1: writes nothing with comment: never", async () => {
    const outcome = await stage.act({ event: event(), inputs: { comment: "never" }, env: untrusted });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(writes()).toEqual([]);
    expect(outcome.annotations).toEqual([]);
  });

  it("D1: makes a notice of the 403 otherwise, and the exit code stands", async () => {
    const outcome = await stage.act({ event: event(), inputs: { slo: "p95 < 0.01ms" }, env: untrusted });
    expect(outcome.exitCode, told(outcome)).toBe(99);
    const notices = outcome.annotations.filter(({ level }) => level === "notice");
    expect(notices.map(({ message }) => message)).toEqual([expect.stringContaining("mode: report")]);
    expect(outcome.summary).toContain("❌");
  });

  it("D6: compares with the baseline of the default branch", async () => {
    const taught = await stage.push({
      inputs: { "baseline-store": "artifact" },
      env: results.env,
    });
    const zip = results.artifacts.get("swarmgate-baseline-load-test");
    expect(zip, told(taught)).toBeDefined();
    const runId = stage.lastRun;
    github.supplement.addRun({ id: runId, event: "push", branch: "main", sha: github.branch("main") });
    github.supplement.addArtifact({ name: "swarmgate-baseline-load-test", zip: zip as Buffer, runId });
    const outcome = await stage.act({
      event: event(),
      inputs: { "baseline-store": "artifact", comment: "never", "fail-on": "slo" },
      env: untrusted,
    });
    expect(outcome.outputs["baseline-found"], told(outcome)).toBe("true");
    expect(writes()).toEqual([]);
  });

  it("D7: whose branch is called main teaches nothing, even when told to upload", async () => {
    const main = await github.openPull({ branch: "main", fork: true });
    const outcome = await stage.act({
      event: pullRequestEvent(main, forkId),
      inputs: { "baseline-store": "artifact", name: "mine", comment: "never" },
      env: { ...results.env, ...untrusted },
    });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(results.artifacts.has("swarmgate-baseline-mine")).toBe(false);
    // And an artifact that such a run left all the same is not read.
    const id = stage.lastRun + 500;
    github.supplement.addRun({ id, event: "push", branch: "main", sha: main.headSha, headRepositoryId: forkId });
    const zip = results.artifacts.get("swarmgate-baseline-load-test") as Buffer;
    github.supplement.addArtifact({ name: "swarmgate-baseline-mine", zip, runId: id });
    const next = await stage.act({
      event: event(),
      inputs: { "baseline-store": "artifact", name: "mine", comment: "never" },
      env: untrusted,
    });
    expect(next.outputs["baseline-found"]).toBe("false");
    expect(next.log).toContain("no successful run of main has stored a baseline yet");
  });
});

describe("the second workflow", () => {
  it("D9: tells byte for byte what the first would have written, but for the label", async () => {
    const { outcome, zip } = await measured();
    const said = await report(zip);
    expect(said.exitCode, told(said)).toBe(0);
    const [comment] = await stage.comments(fork);
    expect(comment).toContain("measured in an untrusted run");
    const plain = (text: string) =>
      text
        .replace(/^<!-- swarmgate:.*-->\n/, "")
        .replace(/^<!-- swarmgate-run .*\n?/m, "")
        .trimEnd();
    const bare = plain(comment ?? "")
      .replace(/^> \*\*Note:\*\* measured in an untrusted run.*\n\n/m, "")
      .replace(" · measured in an untrusted run</sub>", "</sub>");
    const first = readFileSync(join(outcome.outputs["summary-path"] ?? ""), "utf8");
    expect(bare).toBe(plain(first));
    expect(told(said)).not.toContain("LOADED");
    expect(stage.target.load.length).toBeGreaterThan(0);
    expect(said.outputs).toMatchObject({ verdict: outcome.outputs.verdict, requests: outcome.outputs.requests });
  });

  it("D3: of a commit that is no longer the head tells nobody", async () => {
    const { zip } = await measured();
    const before = await stage.comments(fork);
    const said = await report(zip, { sha: "a".repeat(40) });
    expect(said.exitCode, told(said)).toBe(0);
    expect(said.log).toContain("no open pull request has aaaaaaa as its head");
    expect(await stage.comments(fork)).toEqual(before);
  });

  it("D8: does not touch a person's comment that bears the marker", async () => {
    const other = await github.openPull({ branch: "patch-2", fork: true });
    const body = "<!-- swarmgate:load-test -->\nmine";
    await github.comment({ pull: other.number, token: tokens.stranger, body });
    const was = fork;
    fork = other;
    const { zip } = await measured();
    await report(zip);
    const bodies = await stage.comments(other);
    fork = was;
    expect(bodies).toHaveLength(2);
    expect(bodies).toContain(body);
  });

  it.each([
    ["not JSON", () => [{ name: "report.json", data: "{" }], 2],
    ["outside of its folder", () => [{ name: "../report.json", data: "{}" }], 3],
    ["a link", () => [{ name: "report.json", data: "/etc/passwd", mode: 0o120777 }], 3],
    ["five megabytes", () => [{ name: "report.json", data: Buffer.alloc(5_000_000, 32) }], 3],
    [
      "numbers that are none",
      (good: string) => [{ name: "report.json", data: good.replace(/"rps":[\d.]+/, '"rps":"NaN"') }],
      2,
    ],
    [
      "ten thousand endpoints",
      (good: string) => {
        const document = JSON.parse(good) as { endpoints: object[] };
        const many = Array.from({ length: 10_000 }, () => document.endpoints[0]);
        return [{ name: "report.json", data: JSON.stringify({ ...document, endpoints: many }) }];
      },
      3,
    ],
  ])("D4: refuses an artifact that is %s", async (_, entries, exitCode) => {
    good ??= (await measured()).outcome;
    const text = readFileSync(join(good.outputs["summary-path"] ?? "", "..", "report.json"), "utf8");
    const before = await stage.comments(fork);
    const said = await report(makeZip(entries(text)));
    expect(said.exitCode, told(said)).toBe(exitCode);
    expect(await stage.comments(fork)).toEqual(before);
  });

  it("D4: neutralises marker strings, mentions, links and a foreign address in the report", async () => {
    good ??= (await measured()).outcome;
    const text = readFileSync(join(good.outputs["summary-path"] ?? "", "..", "report.json"), "utf8");
    const document = JSON.parse(text) as Record<string, unknown> & { run: object; endpoints: { endpoint: object }[] };
    const evil = "-->\n<!-- swarmgate:other --> @octo [x](https://evil.example) `</details>`";
    for (const row of document.endpoints) row.endpoint = { method: "GET", name: evil };
    document.name = evil;
    document.run = { id: 1, number: 1, attempt: 1, url: "https://evil.example/x" };
    const said = await report(makeZip([{ name: "report.json", data: JSON.stringify(document) }]));
    expect(said.exitCode, told(said)).toBe(0);
    const comment = (await stage.comments(fork)).at(-1) ?? "";
    expect(comment.match(/^<!-- swarmgate:/gm)).toHaveLength(1);
    // Names stand in code spans, where nothing is a link; the run's own link is the event's.
    expect(comment).not.toContain("https://evil.example/x");
    expect(comment).toMatch(/\/octo\/shop\/actions\/runs\/\d+\)/);
  });
});

describe("a workflow with rights", () => {
  it.each(["pull_request_target", "workflow_run", "issue_comment"])(
    "D5: on %s runs no locustfile",
    async (eventName) => {
      const outcome = await stage.act({
        eventName,
        event: event(),
        files: { "locustfile.ts": `console.log("LOADED");${locustfile}` },
      });
      expect(outcome.exitCode).toBe(2);
      expect(outcome.annotations[0]?.message).toContain(`'${eventName}'`);
      expect(told(outcome)).not.toContain("LOADED");
      expect(stage.target.asked).toEqual([]);
    },
  );
});

let good: ActionOutcome | undefined;
