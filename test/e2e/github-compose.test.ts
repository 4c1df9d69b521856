import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { Stage, told } from "../support/stage.ts";
import { ToyTarget } from "../support/toy-target.ts";

/** Persona (b): the service is started in the job. The lines B1 to B7 of the acceptance list. */

let stage: Stage;
let github: GitHubEmulator;
let pull: SeededPull;
const results = new ResultsService();

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
  await results.listen();
  pull = await github.openPull({ branch: "compose" });
});
afterEach(() => stage.target.forget());
afterAll(async () => {
  await stage.target.close();
  await results.close();
  await github.close();
  cleanUpActionRuns();
});

describe("a service that is started in the job", () => {
  it("B1: may refuse connections at first, as long as wait-timeout lasts", async () => {
    const late = new ToyTarget();
    await late.open();
    const { port, url } = late;
    await late.close();
    const again = new ToyTarget();
    const run = stage.act({ event: pullRequestEvent(pull), inputs: { host: url, "wait-timeout": "20s" } });
    await new Promise((done) => setTimeout(done, 2500));
    await again.open(port);
    const outcome = await run;
    await again.close();
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.log).toContain("ECONNREFUSED");
  });

  it("B2: that dies in mid-test makes the run invalid, and says when it stopped answering", async () => {
    const mortal = new ToyTarget();
    await mortal.open();
    const dying = setInterval(() => {
      if (mortal.load.length > 25) void mortal.close().catch(() => undefined);
    }, 50);
    const outcome = await stage.act({
      event: pullRequestEvent(pull),
      inputs: { host: mortal.url, "run-time": "6s", slo: "errors < 100%" },
    });
    clearInterval(dying);
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs.reason).toBe("target-gone");
    expect(outcome.summary).toMatch(/was not answering at the end of the run/);
  });

  it("B3: is not blamed for a generator that has no time", async () => {
    const busy = `
      import { HttpUser, constant, task } from "swarmgate";
      export class Busy extends HttpUser {
        waitTime = constant(0);
        @task async home() {
          await this.client.get("/load/home");
          const until = performance.now() + 120;
          while (performance.now() < until);
        }
      }`;
    const outcome = await stage.act({
      event: pullRequestEvent(pull),
      files: { "locustfile.ts": busy },
      inputs: { "run-time": "3s", users: "6" },
    });
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs).toMatchObject({ verdict: "invalid", reason: "saturated" });
    expect(Number(outcome.outputs.saturation)).toBeGreaterThan(0.5);
  });
});

describe("the baseline in artifacts", () => {
  const store = { "baseline-store": "artifact", name: "compose" };

  it("B4: that is not there yet is told and fails nothing", async () => {
    const outcome = await stage.act({ event: pullRequestEvent(pull), inputs: store, env: results.env });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.log).toContain("no comparison: no successful run of main has stored a baseline yet");
    expect(outcome.outputs["baseline-found"]).toBe("false");
    expect((await stage.comments(pull)).some((body) => body.includes("No baseline"))).toBe(true);
  });

  it("B5: is saved on a push to main, and on nothing else", async () => {
    const name = "swarmgate-baseline-compose";
    await stage.act({ event: pullRequestEvent(pull), inputs: store, env: results.env });
    await stage.act({
      eventName: "push",
      inputs: store,
      env: { ...results.env, GITHUB_REF: "refs/heads/other", GITHUB_SHA: pull.headSha },
    });
    expect(results.artifacts.has(name)).toBe(false);
    const outcome = await stage.push({ inputs: { ...store, "fail-on": "slo" }, env: results.env });
    expect(results.artifacts.has(name), told(outcome)).toBe(true);
    expect(outcome.log).toContain(`1 run in artifact ${name}`);
  });

  it.each([
    ["that may not be read", { status: 403, body: { message: "Resource not accessible" } }, "actions: read"],
    ["that has expired", undefined, "has expired"],
  ])("%s is told as such, in log and comment, and is no first run", async (_, fault, words) => {
    const name = `other-${words.length}`;
    const id = 40_000 + words.length;
    github.supplement.addRun({ id, event: "push", branch: "main", sha: github.branch("main") });
    github.supplement.addArtifact({
      name: `swarmgate-baseline-${name}`,
      zip: Buffer.alloc(0),
      runId: id,
      expired: true,
    });
    if (fault) github.fail({ match: /GET .*actions\/artifacts/, ...fault });
    const outcome = await stage.act({ event: pullRequestEvent(pull), inputs: { ...store, name } });
    github.proxy.heal();
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.log).toContain(words);
    expect((await stage.comments(pull)).join("\n")).toContain(words);
  });

  it("is begun anew by mode: baseline, which judges nothing", async () => {
    const inputs = { "baseline-store": "file", "baseline-path": "b.json", "fail-on": "slo,regression" };
    const first = await stage.push({ inputs });
    const second = await stage.push({
      inputs: { ...inputs, mode: "baseline", slo: "p95 < 0.01ms" },
      workspace: first.workspace,
    });
    expect(second.exitCode, told(second)).toBe(0);
    const third = await stage.push({ inputs, workspace: first.workspace });
    expect(first.log).toContain("1 run");
    expect(second.log).toContain("2 runs");
    const report = JSON.parse(
      (await import("node:fs")).readFileSync(`${third.runnerTemp}/swarmgate/load-test/report.json`, "utf8"),
    ) as { baseline: { runs: number } };
    expect(report.baseline.runs, told(third)).toBe(1);
  });
});

describe("other events", () => {
  it("B6: a merge queue's group is judged, and nobody is told", async () => {
    github.forget();
    const event = {
      action: "checks_requested",
      merge_group: {
        head_ref: `refs/heads/gh-readonly-queue/main/pr-${pull.number}-${"a".repeat(40)}`,
        head_sha: "b".repeat(40),
        base_ref: "refs/heads/main",
        base_sha: github.branch("main"),
      },
    };
    const env = { GITHUB_REF: event.merge_group.head_ref, GITHUB_SHA: "b".repeat(40) };
    const outcome = await stage.act({ eventName: "merge_group", event, env, inputs: { slo: "p95 < 0.01ms" } });
    expect(outcome.exitCode, told(outcome)).toBe(99);
    expect(github.seen(/comments/)).toEqual([]);
    expect(outcome.summary).toContain("❌");
  });

  it("B7: a cancelled run leaves no baseline, says so, and writes what it had", async () => {
    await stage.act({ event: pullRequestEvent(pull), inputs: { name: "cancelled" } });
    let cancelledAt = 0;
    const outcome = await stage.act({
      eventName: "push",
      inputs: { name: "cancelled", "baseline-store": "artifact", "run-time": "60s", "pr-number": String(pull.number) },
      env: { ...results.env, GITHUB_REF: "refs/heads/main", GITHUB_SHA: github.branch("main") },
      onOutput: (_text, signal) => {
        if (cancelledAt > 0 || stage.target.load.length < 60) return;
        cancelledAt = performance.now();
        signal("SIGINT");
      },
    });
    expect(outcome.exitCode, told(outcome)).toBe(130);
    expect(performance.now() - cancelledAt).toBeLessThan(7500);
    expect(results.artifacts.has("swarmgate-baseline-cancelled")).toBe(false);
    expect(outcome.outputs["result-path"]).toMatch(/result\.json$/);
    expect(outcome.outputs).toMatchObject({ verdict: "invalid", reason: "interrupted", passed: "false" });
    const comment = (await stage.comments(pull)).find((body) => body.includes("swarmgate:cancelled"));
    expect(comment?.split("\n")[1]).toContain("was cancelled");
  });
});
