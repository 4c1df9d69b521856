import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deploymentStatusEvent, pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { Stage, told } from "../support/stage.ts";

/** Persona (a): previews made by a hosting platform. The lines A1 to A9 of the acceptance list. */

let stage: Stage;
let github: GitHubEmulator;
let pull: SeededPull;
let branches = 0;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
});
beforeEach(async () => {
  pull = await github.openPull({ branch: `preview-${++branches}` });
});
afterEach(() => stage.target.forget());
afterAll(async () => {
  await stage.target.close();
  await github.close();
  cleanUpActionRuns();
});

const preview = { host: "", "deployment-environment": "Preview*", "wait-timeout": "1s" };

describe("the URL of the target", () => {
  it("A1: is that of the head commit's deployment, not of a cancelled twin or another environment", async () => {
    const elsewhere = "http://127.0.0.1:9";
    const deploy = (environment: string, state: string, url: string, sha = pull.headSha) =>
      github.supplement.addDeployment({ sha, environment, statuses: [{ state, url }] });
    deploy("Preview – shop", "success", stage.target.url);
    deploy("Preview – shop", "error", elsewhere);
    deploy("Production", "success", elsewhere);
    deploy("Preview – shop", "success", elsewhere, pull.baseSha);
    const outcome = await stage.act({ event: pullRequestEvent(pull), inputs: preview });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(stage.target.load.length).toBeGreaterThan(5);
  });

  it("A1: and the base's is the newest deployment of the base branch, compared side by side", async () => {
    github.supplement.addDeployment({
      sha: pull.headSha,
      environment: "Preview",
      statuses: [{ state: "success", url: stage.target.url }],
    });
    github.supplement.addDeployment({
      sha: github.branch("main"),
      ref: "main",
      environment: "Production",
      statuses: [{ state: "success", url: stage.target.url.replace("127.0.0.1", "localhost") }],
    });
    const outcome = await stage.act({
      event: pullRequestEvent(pull),
      inputs: { ...preview, "base-deployment-environment": "Production", "max-duration": "5s", "fail-on": "slo" },
    });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    const hosts = new Set(stage.target.load.map(({ headers }) => headers.host?.split(":")[0]));
    expect(hosts).toEqual(new Set(["127.0.0.1", "localhost"]));
    expect(JSON.parse(outcome.outputs.comparisons ?? "[]").length).toBeGreaterThan(0);
  });

  it.each(["inactive", "none"])("A2: that is not there (%s) passes or fails as on-no-target says", async (state) => {
    if (state === "inactive") {
      const statuses = [{ state, url: "", description: "Skipped - Not affected" }];
      github.supplement.addDeployment({ sha: pull.headSha, environment: "Preview", statuses });
    }
    const event = pullRequestEvent(pull);
    const passing = await stage.act({ event, inputs: { ...preview, "on-no-target": "pass" } });
    expect(passing.exitCode, told(passing)).toBe(0);
    expect(passing.outputs).toMatchObject({ verdict: "pass", reason: "no-target", passed: "true", requests: "0" });
    expect((await stage.comments(pull))[0]).toContain("nothing was deployed for this commit");
    const failing = await stage.act({ event, inputs: preview });
    expect(failing.exitCode).toBe(4);
    expect(failing.annotations[0]?.message).toMatch(/no URL for commit .*on-no-target/s);
    expect(stage.target.asked).toEqual([]);
  });
});

describe("a protected preview", () => {
  it.each([
    ["401", 401, {}],
    ["an SSO redirect", 302, { location: "https://vercel.com/sso-api?url=x" }],
  ])("A3: that answers %s fails within ten seconds and names the secret; no load is sent", async (_, status, more) => {
    stage.target.behave = (_asked, res) => {
      res.writeHead(status, { server: "Vercel", ...more }).end();
      return true;
    };
    const outcome = await stage.act({ event: pullRequestEvent(pull) });
    expect(outcome.exitCode).toBe(4);
    expect(outcome.annotations[0]?.message).toContain("VERCEL_AUTOMATION_BYPASS_SECRET");
    expect(outcome.durationMs).toBeLessThan(10_000);
    expect(stage.target.load).toEqual([]);
  });

  it("A4: that challenges part of the load makes the run invalid and no baseline", async () => {
    stage.target.behave = ({ path }, res) => {
      if (!path.startsWith("/load") || stage.target.load.length % 10 !== 0) return undefined;
      res.writeHead(403, { "x-vercel-mitigated": "challenge" }).end();
      return true;
    };
    const outcome = await stage.push({ inputs: { "baseline-store": "file", "run-time": "3s", slo: "errors < 50%" } });
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs).toMatchObject({ verdict: "invalid", reason: "blocked" });
    expect(outcome.log).not.toContain("this run is kept");
  });

  it("A4: and the load stops at once, however long it was to run", async () => {
    let challengedAtMs = 0;
    stage.target.behave = ({ path, atMs }, res) => {
      if (!path.startsWith("/load") || stage.target.load.length < 20) return undefined;
      challengedAtMs ||= atMs;
      res.writeHead(429, { "x-vercel-mitigated": "challenge" }).end();
      return true;
    };
    const outcome = await stage.act({
      event: pullRequestEvent(pull),
      inputs: { "run-time": "50s", "stop-timeout": "1s", slo: "errors < 50%" },
    });
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs).toMatchObject({ verdict: "invalid", reason: "blocked" });
    expect(outcome.log).toContain("the run ends early: The target's platform answered in its place");
    const lastMs = stage.target.load.at(-1)?.atMs ?? Number.POSITIVE_INFINITY;
    // A second or two; the rest is for machines that are busy.
    expect(lastMs - challengedAtMs).toBeLessThan(20_000);
  });
});

describe("deployment_status", () => {
  const event = (sha: string) => deploymentStatusEvent(sha, stage.target.url);
  const env = { GITHUB_REF: "" };

  it("A7: finds the pull request of the deployed commit, A9: and two statuses make one comment", async () => {
    for (let status = 0; status < 2; status++) {
      const outcome = await stage.act({
        eventName: "deployment_status",
        event: event(pull.headSha),
        env: { ...env, GITHUB_SHA: pull.headSha },
      });
      expect(outcome.exitCode, told(outcome)).toBe(0);
    }
    expect(await stage.comments(pull)).toHaveLength(1);
  });

  it("A7: of a fork's commit is refused before anything is loaded, and found if that is allowed", async () => {
    const fork = await github.openPull({ branch: `fork-${branches}`, fork: true });
    const run = {
      eventName: "deployment_status",
      event: event(fork.headSha),
      env: { ...env, GITHUB_SHA: fork.headSha },
    };
    const nosy = { "locustfile.ts": `console.log("LOADED"); export {};` };
    const refused = await stage.act({ ...run, files: nosy });
    expect(refused.exitCode).toBe(2);
    expect(refused.annotations[0]?.message).toContain("allow-untrusted-locustfile");
    expect(told(refused)).not.toContain("LOADED");
    const allowed = await stage.act({ ...run, inputs: { "allow-untrusted-locustfile": "true" } });
    expect(allowed.exitCode, told(allowed)).toBe(0);
    expect(await stage.comments(fork)).toHaveLength(1);
  });

  it("A6: has no branch and yet reads the baseline: artifacts belong to no ref", async () => {
    const outcome = await stage.act({
      eventName: "deployment_status",
      event: event(pull.headSha),
      env: { ...env, GITHUB_SHA: pull.headSha },
      inputs: { "baseline-store": "artifact" },
    });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.log).toContain("no comparison: no successful run of main has stored a baseline yet");
    expect(github.seen(/GET .*\/actions\/artifacts\?/).length).toBeGreaterThan(0);
  });
});

describe("a run that ends before it measures", () => {
  it("says so in the comment that is there, and leaves nobody waiting", async () => {
    await stage.act({ event: pullRequestEvent(pull) });
    stage.target.behave = (_asked, res) => {
      res.writeHead(401).end();
      return true;
    };
    const outcome = await stage.act({ event: pullRequestEvent(pull), env: { GITHUB_TOKEN: tokens.actions } });
    expect(outcome.exitCode).toBe(4);
    expect(outcome.outputs).toMatchObject({ passed: "false", reason: "target-not-ready" });
    expect((await stage.comments(pull))[0]?.split("\n")[1]).toContain("ended before it measured");
  });
});
