import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";

const actionRoot = mkdtempSync(join(tmpdir(), "swarmgate-fixture-"));
mkdirSync(join(actionRoot, "dist"));
writeFileSync(
  join(actionRoot, "action.yml"),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  "inputs:\n  run-time: { default: '60s' }\n  host: {}\n  token: { default: '${{ github.token }}' }\nruns: { using: node24, main: dist/main.mjs }\n",
);
writeFileSync(
  join(actionRoot, "dist", "main.mjs"),
  `import { appendFileSync, readFileSync } from "node:fs";
   const e = process.env;
   if (e.INPUT_HOST === "wait") {
     process.on("SIGINT", () => { console.log("stopping"); process.exit(130); });
     setInterval(() => {}, 1000);
     console.log("waiting");
     await new Promise(() => {});
   }
   console.log("::add-mask::s3cret%25%0A");
   console.log("::error title=Broken%3A p95,file=a.yml,line=3::p95%0Ais high");
   console.log("::stop-commands::xyz");
   console.log("::error::not one");
   console.log("::xyz::");
   console.log("::notice::back");
   appendFileSync(e.GITHUB_OUTPUT, "a<<D\\n1\\n2\\nD\\nb=3\\n");
   appendFileSync(e.GITHUB_STEP_SUMMARY, "# hi");
   console.log(JSON.stringify({ runTime: e["INPUT_RUN-TIME"], host: e.INPUT_HOST, token: e.INPUT_TOKEN, cwd: process.cwd(),
     event: JSON.parse(readFileSync(e.GITHUB_EVENT_PATH, "utf8")), workspace: readFileSync("a/b.txt", "utf8"), version: process.versions.node }));
   process.exitCode = 99;`,
);
afterAll(() => {
  cleanUpActionRuns();
  rmSync(actionRoot, { recursive: true, force: true });
});

test("the harness runs an action as the runner does and reads what it says", async () => {
  const outcome = await runAction({
    actionRoot,
    inputs: { host: "http://localhost" },
    env: { GITHUB_TOKEN: "ghs_x" },
    event: { number: 7 },
    files: { "a/b.txt": "file" },
  });
  expect(outcome.exitCode).toBe(99);
  expect(outcome.outputs).toEqual({ a: "1\n2", b: "3" });
  expect(outcome.summary).toBe("# hi");
  expect(outcome.masks).toEqual(["s3cret%\n"]);
  expect(outcome.annotations).toEqual([
    { level: "error", message: "p95\nis high", title: "Broken: p95", file: "a.yml", line: "3" },
    { level: "notice", message: "back" },
  ]);
  const seen = JSON.parse(outcome.log.split("\n").find((line) => line.startsWith("{")) ?? "{}");
  expect(seen).toMatchObject({
    runTime: "60s",
    host: "http://localhost",
    token: "ghs_x",
    event: { number: 7 },
    workspace: "file",
  });
  expect(seen.version).toBe(process.versions.node);
});

test("a test can cancel a run as the runner does", async () => {
  const outcome = await runAction({
    actionRoot,
    inputs: { host: "wait" },
    onOutput: (text, signal) => text.includes("waiting") && signal("SIGINT"),
  });
  expect(outcome.exitCode).toBe(130);
  expect(outcome.log).toContain("stopping");
});
