import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { type ActionOutcome, cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { openShop, type ShopProcess } from "../support/shop-process.ts";

/** The README's own example with its own defaults, against the sample shop: nothing is adapted but where that listens. */

const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
const block = (language: string, mark: string): string => {
  const found = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].find(
    ([, kind, text]) => kind === language && text?.includes(mark),
  );
  if (!found?.[2]) throw new Error(`the README has no ${language} block with ${mark}`);
  return found[2];
};
const locustfile = block("ts", "// locustfile.ts");
const workflow = parse(block("yaml", ".github/workflows/load-test.yml")) as {
  readonly jobs: {
    readonly "load-test": { readonly steps: readonly { uses?: string; with?: Record<string, string> }[] };
  };
};
const step = workflow.jobs["load-test"].steps.find(({ uses }) => uses?.startsWith("swarmgate/swarmgate@"));
const inputs = step?.with ?? {};

const repository = { id: 1, name: "shop", full_name: "octo/shop", default_branch: "main" };
/** A first run in two minutes, a decision in four. */
const longestMs = 240_000;
const artifact = "swarmgate-baseline-load-test";

const results = new ResultsService();
let github: GitHubEmulator;
let shop: ShopProcess;
let runId = 700;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  await results.listen();
  shop = await openShop();
});
afterAll(async () => {
  await shop.close();
  await results.close();
  await github.close();
  cleanUpActionRuns();
});

async function run(
  eventName: "push" | "pull_request",
  { event, env = {} }: { readonly event: object; readonly env?: Record<string, string> },
): Promise<ActionOutcome> {
  const outcome = await runAction({
    eventName,
    event: { repository, ...event },
    inputs: { ...inputs, host: shop.url },
    files: { "locustfile.ts": locustfile },
    timeoutMs: longestMs + 60_000,
    env: {
      ...results.env,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_TOKEN: tokens.actions,
      GITHUB_RUN_ID: String(++runId),
      ...env,
    },
  });
  console.log(`${eventName}: exit code ${outcome.exitCode} after ${Math.round(outcome.durationMs / 1000)} s`);
  return outcome;
}

async function pullRequest(branch: string): Promise<{ readonly outcome: ActionOutcome; readonly heading: string }> {
  const pull = await github.openPull({ branch });
  const outcome = await run("pull_request", { event: pullRequestEvent(pull) });
  const [comment = ""] = (await github.comments(pull.number)).map(({ body }) => body);
  const heading = comment.split("\n")[1] ?? "";
  console.log(heading);
  return { outcome, heading };
}

it("the README's example is green on its second run, and red where an endpoint takes three times as long", {
  timeout: 4 * longestMs,
}, async () => {
  const sha = github.branch("main");
  const learnt = await run("push", { event: {}, env: { GITHUB_REF: "refs/heads/main", GITHUB_SHA: sha } });
  expect(learnt.exitCode, learnt.stdout + learnt.stderr).toBe(0);
  const zip = results.artifacts.get(artifact);
  expect(zip, learnt.stdout).toBeDefined();
  github.supplement.addRun({ id: runId, event: "push", branch: "main", sha });
  github.supplement.addArtifact({ name: artifact, zip: zip as Buffer, runId });
  results.artifacts.clear();

  const same = await pullRequest("same-code");
  expect(same.outcome.exitCode, same.outcome.stdout + same.outcome.stderr).toBe(0);
  expect(same.outcome.outputs).toMatchObject({ verdict: "pass", "baseline-found": "true" });
  expect(same.heading).toContain("### ✅ ");
  expect(same.outcome.durationMs).toBeLessThan(longestMs);
  results.artifacts.clear();

  await shop.turn(`slow=${encodeURIComponent("GET /products/{id}:3")}`);
  const slow = await pullRequest("slow-products");
  expect(slow.outcome.exitCode, slow.outcome.stdout + slow.outcome.stderr).toBe(99);
  expect(slow.heading).toContain("### ❌ ");
  expect(slow.heading).toContain("`GET /products/{id}`");
  expect(slow.outcome.durationMs).toBeLessThan(longestMs);
});
