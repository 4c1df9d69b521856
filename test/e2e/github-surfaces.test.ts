import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { locustfile, Stage, told } from "../support/stage.ts";

/** What is said where: secrets nowhere, statuses, artifacts, changed promises, and in which order. */

let stage: Stage;
let github: GitHubEmulator;
let pull: SeededPull;
const results = new ResultsService();

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
  await results.listen();
  pull = await github.openPull({ branch: "surfaces" });
});
afterEach(() => {
  stage.target.forget();
  github.proxy.heal();
  github.forget();
});
afterAll(async () => {
  await stage.target.close();
  await results.close();
  await github.close();
  cleanUpActionRuns();
});

const event = () => pullRequestEvent(pull);

describe("a secret of the input headers", () => {
  it("A5: is in no file and on no surface, in no form, though the target echoes it everywhere", async () => {
    const canary = "c4nary+/=secret&value 77";
    const forms = [
      canary,
      encodeURIComponent(canary),
      Buffer.from(canary).toString("base64"),
      Buffer.from(canary).toString("base64url"),
    ];
    stage.target.behave = ({ path, headers }, res) => {
      if (!path.startsWith("/load")) return undefined;
      const secret = String(headers["x-key"]);
      res.writeHead(500, {
        "x-echo": secret,
        "x-encoded": encodeURIComponent(secret),
        "content-type": "text/plain",
        "set-cookie": `k=${encodeURIComponent(secret)}`,
      });
      res.end(`key ${secret} ${forms.join(" ")}`);
      return true;
    };
    const loud = `
      import { HttpUser, constant, task } from "swarmgate";
      export class Loud extends HttpUser {
        waitTime = constant(0.1);
        @task async home() {
          using res = await this.client.get("/load/home?k=" + encodeURIComponent("${canary}"), { name: "/load/${canary}", catchResponse: true });
          console.log("got " + res.headers.get("x-echo"));
          res.failure("refused: " + (await res.text()));
        }
        @task async throws() {
          const res = await this.client.get("/load/other");
          throw new Error("with " + res.headers.get("x-encoded"));
        }
      }`;
    const outcome = await stage.act({
      event: event(),
      files: { "locustfile.ts": loud },
      inputs: { headers: `X-Key: ${canary}`, "upload-artifact": "true", name: "canary" },
      env: results.env,
    });
    expect(outcome.exitCode, told(outcome)).not.toBe(0);
    expect(stage.target.load.length).toBeGreaterThan(3);
    const surfaces: [string, string][] = [
      ["log", told(outcome).replaceAll(/^::add-mask::.*$/gm, "")],
      ["summary", outcome.summary],
      ["outputs", JSON.stringify(outcome.outputs)],
      ...(await stage.comments(pull)).map((body): [string, string] => ["comment", body]),
      ...filesOf(outcome.runnerTemp).map((path): [string, string] => [path, readFileSync(path, "utf8")]),
      ["requests", JSON.stringify(github.proxy.requests)],
    ];
    expect(surfaces.some(([name]) => name.endsWith("result.json"))).toBe(true);
    expect(results.artifacts.has("swarmgate-canary"), told(outcome)).toBe(true);
    const leaks = surfaces.filter(([, text]) => forms.some((form) => text.includes(form))).map(([name]) => name);
    expect(leaks).toEqual([]);
    expect(outcome.masks).toContain(canary);
  });
});

describe("the artifact", () => {
  it("holds every document", async () => {
    const outcome = await stage.act({
      event: event(),
      inputs: { "upload-artifact": "true", name: "whole", "retention-days": "3" },
      env: results.env,
    });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    const zip = results.artifacts.get("swarmgate-whole")?.toString("latin1") ?? "";
    for (const name of ["result.json", "verdict.json", "report.json", "report.html", "comment.md", "junit.xml"]) {
      expect(zip).toContain(name);
      expect(filesOf(outcome.runnerTemp).some((path) => path.endsWith(name))).toBe(true);
    }
    expect(outcome.outputs["report-path"]).toMatch(/report\.html$/);
  });
});

describe("status", () => {
  it("commit-status begins as pending and ends as the verdict does", async () => {
    const before = github.supplement.statuses.length;
    const outcome = await stage.act({
      event: event(),
      inputs: { status: "commit-status", slo: "p95 < 0.01ms", name: "api" },
    });
    expect(outcome.exitCode, told(outcome)).toBe(99);
    const posted = github.supplement.statuses.slice(before);
    expect(posted.map(({ state }) => state)).toEqual(["pending", "failure"]);
    expect(posted[1]).toMatchObject({ sha: pull.headSha, context: "swarmgate/api" });
  });

  it("check-run is completed with a conclusion, and one that may not be made is a notice", async () => {
    const outcome = await stage.act({ event: event(), inputs: { status: "check-run" } });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    const [made] = github.seen(/POST .*check-runs/);
    expect(made?.body).toContain('"in_progress"');
    expect(github.seen(/PATCH .*check-runs/)[0]?.body).toMatch(/"conclusion":"(success|neutral)"/);
    github.fail({ match: /check-runs/, status: 403, body: { message: "Resource not accessible by integration" } });
    const refused = await stage.act({ event: event(), inputs: { status: "check-run" } });
    expect(refused.exitCode, told(refused)).toBe(0);
    expect(refused.annotations.map(({ message }) => message).join()).toContain("checks: write");
  });
});

describe("the comment", () => {
  it("says that a run goes on while it does, if there is one already", async () => {
    await stage.act({ event: event(), inputs: { name: "running" } });
    const during: string[] = [];
    const outcome = await stage.act({
      event: event(),
      inputs: { name: "running", "run-time": "4s" },
      onOutput: () => {
        if (stage.target.load.length > 20) {
          void github.comments(pull.number).then((all) => during.push(...all.map(({ body }) => body)));
        }
      },
    });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    const patches = github.seen(/PATCH .*issues\/comments/).map(({ body }) => body);
    expect(patches.some((body) => body.includes("is measuring"))).toBe(true);
    expect((await stage.comments(pull)).find((body) => body.includes(":running"))).not.toContain("is measuring");
  });

  it("that GitHub cannot take costs neither verdict nor outputs, which are set before", {
    timeout: 120_000,
  }, async () => {
    github.fail({ match: /POST .*comments/, status: 502, body: { message: "Bad gateway" } });
    const outcome = await stage.act({
      event: event(),
      inputs: { name: "lost", slo: "p95 < 0.01ms" },
      timeoutMs: 110_000,
    });
    expect(outcome.exitCode, told(outcome)).toBe(99);
    expect(outcome.outputs).toMatchObject({ verdict: "fail", passed: "false" });
    expect(outcome.annotations.some(({ level, message }) => level === "notice" && message.includes("comment"))).toBe(
      true,
    );
  });
});

describe("a pull request that changes its own gate", () => {
  const strict = 'version: 1\nslo:\n  - endpoint: "*"\n    p95: < 1ms\n';
  const lax = 'version: 1\nslo:\n  - endpoint: "*"\n    p95: < 30s\n';
  const base = () =>
    github.fail({
      match: /GET .*\/contents\/\.github(%2F|\/)swarmgate\.yml/,
      status: 200,
      body: {
        type: "file",
        encoding: "base64",
        size: strict.length,
        name: "swarmgate.yml",
        path: ".github/swarmgate.yml",
        sha: "a".repeat(40),
        content: Buffer.from(strict).toString("base64"),
      },
    });

  it("is seen to: the loosened promise is told", async () => {
    base();
    const outcome = await stage.act({
      event: event(),
      files: { ".github/swarmgate.yml": lax },
      inputs: { name: "lax" },
    });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    const comment = (await stage.comments(pull)).find((body) => body.includes("swarmgate:lax")) ?? "";
    expect(comment).toContain("**This pull request changes its own gate: 1 loosened");
    expect(comment).toMatch(/⚠️ loosened: `slo` `p95 < 1ms of "\*"` → `p95 < 30s of "\*"`/);
  });

  it("changes nothing with config-ref: base", async () => {
    base();
    const run = { event: event(), files: { ".github/swarmgate.yml": lax } };
    const outcome = await stage.act({ ...run, inputs: { "config-ref": "base", name: "held" } });
    expect(outcome.exitCode, told(outcome)).toBe(99);
    github.proxy.heal();
    github.fail({
      match: /GET .*\/contents\//,
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    const unreadable = await stage.act({ ...run, inputs: { "config-ref": "base" } });
    expect(unreadable.exitCode).toBe(2);
    expect(unreadable.annotations[0]?.message).toContain("contents: read");
  });
});

describe("the branch store", () => {
  it("C7: repeats a save that another run got ahead of", async () => {
    const push = { inputs: { "baseline-store": "branch", "fail-on": "slo" } };
    const first = await stage.push(push);
    expect(first.log, told(first)).toContain("1 run in branch swarmgate-baseline");
    github.fail({
      match: /PATCH .*git\/refs/,
      times: 1,
      status: 422,
      body: { message: "Update is not a fast forward" },
    });
    const second = await stage.push(push);
    expect(second.log, told(second)).toContain("2 runs in branch swarmgate-baseline");
    const request = await stage.act({ event: event(), inputs: push.inputs, env: { GITHUB_TOKEN: tokens.readOnly } });
    expect(request.outputs["baseline-found"], told(request)).toBe("true");
  });
});

describe("the log", () => {
  it("begins with who speaks", async () => {
    const outcome = await stage.act({ event: event(), files: { "locustfile.ts": locustfile } });
    expect(outcome.stdout).toMatch(/^swarmgate \d+\.\d+\.\d+/);
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}
