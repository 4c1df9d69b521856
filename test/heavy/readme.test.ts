import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { type ActionRun, cleanUpActionRuns, runAction } from "../support/run-action.ts";

/**
 * The README's locustfile against one HTTP service that runs already, which its workflow names by `host` where its own
 * example starts both versions (readme-shop.test.ts has that).
 */

const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
const block = (language: string, mark: string): string => {
  const found = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].find(
    ([, kind, text]) => kind === language && text?.includes(mark),
  );
  if (!found?.[2]) throw new Error(`the README has no ${language} block with ${mark}`);
  return found[2];
};
const workflow = parse(block("yaml", ".github/workflows/load-test.yml")) as {
  readonly on: object;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { uses?: string; with?: Record<string, string> }[] }>
  >;
};
const locustfile = block("ts", "// locustfile.ts");
const steps = Object.values(workflow.jobs).flatMap(({ steps }) => steps);
const written = steps.find(({ uses }) => uses?.startsWith("swarmgate/swarmgate@"))?.with ?? {};

let delayMs = 60;
const service = createServer((req, res) => {
  req.resume();
  setTimeout(() => res.writeHead(req.url === "/maybe" ? 404 : 200).end("here"), delayMs);
});
const results = new ResultsService();
let github: GitHubEmulator;
let runId = 500;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  await results.listen();
  await new Promise<void>((done) => service.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  service.closeAllConnections();
  service.close();
  await results.close();
  await github.close();
  cleanUpActionRuns();
});

function run(event: Pick<ActionRun, "eventName" | "event" | "env">) {
  const host = `http://localhost:${(service.address() as AddressInfo).port}`;
  const inputs = { host, slo: "p95 < 300ms\nerrors < 1%\n" };
  return runAction({
    ...event,
    inputs,
    files: { "locustfile.ts": locustfile },
    timeoutMs: 280_000,
    env: {
      ...results.env,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_TOKEN: tokens.actions,
      GITHUB_RUN_ID: String(++runId),
      ...event.env,
    },
  });
}

it("the README's workflow says when it runs, and what it runs on", () => {
  expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
  expect(written).toEqual({ build: "npm ci", start: "npm start" });
});

it("comments on the first pull request, learns on main, and is red on the second, slower one", {
  timeout: 900_000,
}, async () => {
  const repository = { id: 1, name: "shop", full_name: "octo/shop", default_branch: "main" };
  const first = await github.openPull({ branch: "first" });
  const green = await run({ eventName: "pull_request", event: { repository, ...pullRequestEvent(first) } });
  expect(green.exitCode, green.stdout + green.stderr).toBe(0);
  const [welcome = "", ...more] = (await github.comments(first.number)).map(({ body }) => body);
  expect(more).toEqual([]);
  expect(welcome).toMatch(/^<!-- swarmgate:load-test -->\n/);
  expect(welcome).toContain("2 of 2 SLOs met, no baseline yet to compare with");

  results.artifacts.clear();
  const sha = github.branch("main");
  const learnt = await run({
    eventName: "push",
    event: { repository },
    env: { GITHUB_REF: "refs/heads/main", GITHUB_SHA: sha },
  });
  expect(learnt.exitCode, learnt.stdout).toBe(0);
  const zip = results.artifacts.get("swarmgate-baseline-load-test");
  expect(zip, learnt.stdout).toBeDefined();
  github.supplement.addRun({ id: runId, event: "push", branch: "main", sha });
  github.supplement.addArtifact({ name: "swarmgate-baseline-load-test", zip: zip as Buffer, runId });

  results.artifacts.clear();
  delayMs = 600;
  const second = await github.openPull({ branch: "second" });
  const red = await run({ eventName: "pull_request", event: { repository, ...pullRequestEvent(second) } });
  expect(red.exitCode, red.stdout + red.stderr).toBe(99);
  expect(red.outputs).toMatchObject({ verdict: "fail", passed: "false", "baseline-found": "true", "slo-failed": "1" });
  const [complaint = ""] = (await github.comments(second.number)).map(({ body }) => body);
  expect(complaint.split("\n")[1]).toMatch(/❌ swarmgate · load-test — /);
  expect(complaint).toContain("p95 < 300ms");
});
