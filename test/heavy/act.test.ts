import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deploymentStatusEvent, pullRequestEvent, workflowRunEvent } from "../github/events.ts";
import { type ActRun, findAct, runWorkflow } from "../support/act.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { installed } from "../support/installed.ts";
import { ResultsService } from "../support/results-service.ts";
import { locustfile } from "../support/stage.ts";
import { ToyTarget } from "../support/toy-target.ts";

/**
 * The five personas' workflows as they are pasted, run by nektos/act in host mode against the built action and a
 * GitHub on loopback. `go install github.com/nektos/act@v0.2.87` puts act where this finds it.
 */

const act = findAct();
/** Real Locust, where it is installed (`pip install locust`): by `$LOCUST` or the path. */
const locust = installed("locust", "LOCUST");
const locustfilePy = `from locust import HttpUser, constant, task


class Shopper(HttpUser):
    wait_time = constant(0.1)

    @task
    def item(self):
        self.client.get("/load/item")
`;
const canary = "canary-0123456789abcdef";
const repository = { id: 1, name: "shop", full_name: "octo/shop", default_branch: "main", owner: { login: "octo" } };
const target = new ToyTarget();
const results = new ResultsService();
let github: GitHubEmulator;
let pull: SeededPull;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  await target.open();
  await results.listen();
  pull = await github.openPull({ branch: "persona" });
});
afterEach(() => target.forget());
afterAll(async () => {
  await target.close();
  await results.close();
  await github.close();
});

const promise = (slo: string) => `version: 1\nslo:\n  - endpoint: "*"\n    p95: ${slo}\n`;
const green = promise("< 30s");
const red = promise("< 1ms");
let runId = 70_000;

function run(over: Partial<ActRun> & Pick<ActRun, "workflow"> & { readonly config?: string }) {
  const { config = green, event, adapt = [], files, secrets, env, ...rest } = over;
  return runWorkflow(act as string, {
    eventName: "pull_request",
    ...rest,
    event: { repository, ...(event ?? pullRequestEvent(pull)) },
    adapt: [["http://localhost:8080", target.url], ["users: 300", "users: 20"], ...adapt],
    files: {
      "loadtest/locustfile.ts": locustfile,
      "bench/locustfile.ts": locustfile,
      ".github/swarmgate.yml": config,
      ...files,
    },
    secrets: {
      GITHUB_TOKEN: tokens.actions,
      VERCEL_AUTOMATION_BYPASS_SECRET: canary,
      PREVIEW_TOKEN: canary,
      ...secrets,
    },
    env: { GITHUB_API_URL: github.apiUrl, GITHUB_RUN_ID: String(++runId), ...results.env, ...env },
  });
}

const comments = async () =>
  (await github.comments(pull.number)).map(({ body }) => body).filter((body) => body.startsWith("<!-- swarmgate:"));

describe.skipIf(act === undefined)("the workflow of", () => {
  it.each([
    ["green", green, true],
    ["red", red, false],
  ])("(a) a preview's deployment_status goes %s", async (_, config, expected) => {
    const { green: passed, log } = await run({
      workflow: "preview-on-deployment-status.yml",
      eventName: "deployment_status",
      event: deploymentStatusEvent(pull.headSha, target.url),
      config,
    });
    expect(passed, log).toBe(expected);
    expect(target.load.length, log).toBeGreaterThan(5);
    expect(target.load[0]?.headers["x-vercel-protection-bypass"]).toBe(canary);
    expect(log).not.toContain(canary);
    expect(await comments()).toHaveLength(1);
  });

  it.each([
    ["green", green, true],
    ["red", red, false],
  ])("(a) a preview found by its deployment, beside production, goes %s", async (_, config, expected) => {
    github.supplement.addDeployment({
      sha: pull.headSha,
      environment: "Preview",
      statuses: [{ state: "success", url: target.url }],
    });
    github.supplement.addDeployment({
      sha: github.branch("main"),
      ref: "main",
      environment: "Production",
      statuses: [{ state: "success", url: target.url.replace("127.0.0.1", "localhost") }],
    });
    const { green: passed, log } = await run({
      workflow: "preview-on-pull-request.yml",
      config,
      adapt: [["on-no-target: pass", "on-no-target: pass\n          max-duration: 10s"]],
    });
    expect(passed, log).toBe(expected);
    expect(new Set(target.load.map(({ headers }) => headers.host?.split(":")[0])).size, log).toBe(2);
  });

  it.each([
    ["green", green, true],
    ["red", red, false],
  ])("(b) a service in the job goes %s", async (_, config, expected) => {
    const { green: passed, log } = await run({
      workflow: "compose.yml",
      config,
      adapt: [["users: 50", "users: 10"]],
    });
    expect(passed, log).toBe(expected);
    expect(log).toContain("no successful run of main has stored a baseline yet");
    const uploads = /Run Main Upload report|Upload report/.test(log);
    expect(uploads, log).toBe(true);
  });

  it.each([
    ["green", green, true],
    ["red", red, false],
  ])(
    "C8: (c) a platform team on Enterprise Server, actions pinned by SHA and permissions: {} on top, goes %s",
    async (_, config, expected) => {
      target.behave = ({ path }, res) => {
        if (path !== "/healthz") return undefined;
        res.writeHead(200).end(JSON.stringify({ version: pull.headSha }));
        return true;
      };
      const { green: passed, log } = await run({
        workflow: "reusable-caller.yml",
        config,
        adapt: [
          [/https:\/\/\$\{\{ inputs\.service \}\}.*$/gm, target.url],
          [/wait-timeout: \w+/g, "wait-timeout: 20s"],
        ],
        env: { GITHUB_SERVER_URL: "https://ghe.corp.example" },
      });
      expect(passed, log).toBe(expected);
      const states = github.supplement.statuses.filter(({ sha }) => sha === pull.headSha).map(({ state }) => state);
      expect(states.at(-1), log).toBe(expected ? "success" : "failure");
      expect(log).not.toContain(canary);
    },
  );

  it.each([
    ["green", green, true],
    ["red", red, false],
  ])("(d) a fork's pull request goes %s, and the second workflow tells it", async (colour, config, expected) => {
    const fork = await github.openPull({ branch: `fork-${colour}`, fork: true });
    results.artifacts.delete("swarmgate-results");
    const first = await run({
      workflow: "fork-measure.yml",
      event: pullRequestEvent(fork, 2),
      config,
      secrets: { GITHUB_TOKEN: tokens.readOnly },
      adapt: [["users: 25", "users: 5"]],
    });
    expect(first.green, first.log).toBe(expected);
    expect(first.log).toContain("swarmgate-results");
    const zip = results.artifacts.get("swarmgate-results");
    expect(zip, first.log).toBeDefined();
    const id = ++runId;
    github.supplement.addArtifact({ name: "swarmgate-results", zip: zip as Buffer, runId: id });
    const event = workflowRunEvent({
      sha: fork.headSha,
      branch: fork.branch,
      headOwner: fork.headOwner,
      headRepositoryId: 2,
    });
    Object.assign(event.workflow_run, { id, conclusion: expected ? "success" : "failure" });
    const second = await run({ workflow: "fork-report.yml", eventName: "workflow_run", event });
    expect(second.green, second.log).toBe(true);
    const said = (await github.comments(fork.number)).map(({ body }) => body);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("untrusted run");
    expect(said[0]).toContain(expected ? "SLOs met" : "❌");
  });

  it.skipIf(locust === undefined).each([
    ["green", green, true],
    ["red", red, false],
  ])("(e) a Locust shop, judged by the files Locust wrote, goes %s", async (_, config, expected) => {
    const { green: passed, log } = await run({
      workflow: "locust-results.yml",
      config,
      adapt: [
        [/pip install .*/g, "true"],
        ["locust -f", `${locust} -f`],
        ["-u 50 -r 10 -t 2m", "-u 5 -r 5 -t 6s"],
      ],
      files: { "loadtest/locustfile.py": locustfilePy },
    });
    expect(passed, log).toBe(expected);
    expect(target.load.length, log).toBeGreaterThan(5);
    const [comment] = await comments();
    expect(comment, log).toContain("Measured by Locust");
    expect(comment, log).toContain("GET /load/item");
  });
});
