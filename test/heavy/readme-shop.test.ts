import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { type ActionOutcome, cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { cleanUpRepositories, pullRequest, type ServiceVersion } from "../support/start-repository.ts";

/**
 * The README's own example with its own defaults, on a repository whose service is the sample shop: nothing is adapted.
 * Both versions run on this machine, so it must do nothing else meanwhile.
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
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { uses?: string; with?: Record<string, string> }[] }>
  >;
};
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const inputs = steps.find(({ uses }) => uses?.startsWith("swarmgate/swarmgate@"))?.with ?? {};

/** Either run, from its first line to its exit. */
const longestMs = 240_000;

const shopEntry = new URL("../../dist/shop.js", import.meta.url).href;
const own = { name: "shop", version: "1.0.0" };
/** The sample shop as `npm start` runs it; `slow` is an endpoint and its factor. */
const shop = (slow: string | null): ServiceVersion => ({
  files: {
    "locustfile.ts": block("ts", "// locustfile.ts"),
    "package.json": JSON.stringify({ ...own, scripts: { start: "node server.mjs" } }),
    "package-lock.json": JSON.stringify({ ...own, lockfileVersion: 3, packages: { "": own } }),
    "server.mjs": `process.argv.push("--port", process.env.PORT);
await import(${JSON.stringify(shopEntry)});
${slow === null ? "" : `await fetch("http://127.0.0.1:" + process.env.PORT + "/_shop/switch?slow=${encodeURIComponent(slow)}", { method: "POST" });`}
`,
  },
});

let github: GitHubEmulator;
beforeAll(async () => {
  github = await GitHubEmulator.start();
});
afterAll(async () => {
  await github.close();
  cleanUpActionRuns();
  cleanUpRepositories();
});

async function run(head: ServiceVersion): Promise<ActionOutcome & { readonly heading: string }> {
  const repository = pullRequest(shop(null), head);
  const outcome = await runAction({
    workspace: repository.checkout(),
    event: repository.event,
    inputs: { ...inputs, comment: "never", "upload-artifact": "false" },
    timeoutMs: longestMs + 60_000,
    env: {
      GITHUB_API_URL: github.apiUrl,
      GITHUB_TOKEN: tokens.actions,
      GITHUB_SHA: repository.mergeSha,
    },
  });
  const heading = /^##+ .*$/m.exec(outcome.summary)?.[0] ?? "";
  console.log(`exit code ${outcome.exitCode} after ${Math.round(outcome.durationMs / 1000)} s: ${heading}`);
  return { ...outcome, heading };
}

it("a change of nothing is green within four minutes", { timeout: 2 * longestMs }, async () => {
  const { exitCode, outputs, heading, durationMs, stdout, stderr } = await run({
    files: { ...shop(null).files, "NOTES.md": "nothing" },
  });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(outputs).toMatchObject({ verdict: "pass", passed: "true" });
  expect(heading).toContain("✅");
  expect(durationMs).toBeLessThan(longestMs);
});

it("an endpoint three times slower is red, and named, within four minutes", { timeout: 2 * longestMs }, async () => {
  const { exitCode, heading, durationMs, stdout, stderr } = await run(shop("GET /products/{id}:3"));
  expect(exitCode, stdout + stderr).toBe(99);
  expect(heading).toContain("❌");
  expect(heading).toContain("`GET /products/{id}`");
  expect(durationMs).toBeLessThan(longestMs);
});
