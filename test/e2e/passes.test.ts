import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { passesOf } from "../../src/baseline/pass-blocks.ts";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { troublesOf } from "../../src/verdict/troubles/troubles.ts";
import type { Verdict } from "../../src/verdict/verdict.ts";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator } from "../support/github-emulator.ts";
import { type ActionOutcome, cleanUpActionRuns } from "../support/run-action.ts";
import { openShop, type ShopProcess } from "../support/shop-process.ts";
import { shopper } from "../support/side-by-side-run.ts";
import { Stage, told } from "../support/stage.ts";

/** The built action in several passes: what the default branch stores of them, and a pull request held against it. */

let github: GitHubEmulator;
let shop: ShopProcess;
let stage: Stage;

beforeAll(async () => {
  github = await GitHubEmulator.start();
  shop = await openShop();
  stage = new Stage(github);
});
afterAll(async () => {
  await shop.close();
  await github.close();
  cleanUpActionRuns();
});

/** Two passes of half a minute, and no time for a third. */
const inputs = () => ({
  host: shop.url,
  users: "8",
  "run-time": "30s",
  warmup: "1s",
  "max-duration": "75s",
  "baseline-store": "branch",
  // A machine with other work may be called busy, which is not what is asked here.
  "fail-on": "regression",
});
const resultOf = ({ outputs }: ActionOutcome) => {
  const path = outputs["result-path"] ?? "";
  return decodeResult(readFileSync(path, "utf8"), path);
};
const odd = (outcome: ActionOutcome) =>
  troublesOf(resultOf(outcome))
    .map(({ kind }) => kind)
    .filter((kind) => kind !== "pauses");

it("a pull request in two passes is held against a stored run of two, and names what became slower alone", async () => {
  const pull = await github.openPull({ branch: "slower" });
  const files = { "locustfile.ts": shopper };
  const push = await stage.push({ inputs: inputs(), files, timeoutMs: 150_000 });
  expect(push.log, told(push)).toContain("pass 2 of at most 3");
  expect(push.log).not.toContain("pass 3");
  expect(push.log).toContain("1 run in branch swarmgate-baseline");
  expect(passesOf(resultOf(push).blocks)).toHaveLength(2);
  expect(odd(push)).toEqual([]);

  await shop.turn("slow=GET%20/search:12");
  const request = await stage.act({ event: pullRequestEvent(pull), inputs: inputs(), files, timeoutMs: 150_000 });
  expect(request.log, told(request)).toContain("pass 2 of at most 3");
  const result = resultOf(request);
  expect(passesOf(result.blocks)).toHaveLength(2);
  expect(odd(request)).toEqual([]);
  expect(request.outputs["baseline-found"]).toBe("true");
  const verdictPath = (request.outputs["result-path"] ?? "").replace(/result\.json$/, "verdict.json");
  const { comparisons } = JSON.parse(readFileSync(verdictPath, "utf8")) as Verdict;
  const slower = comparisons.filter(({ outcome }) => outcome === "regressed");
  expect(slower.length, JSON.stringify(comparisons)).toBeGreaterThan(0);
  expect(new Set(slower.map(({ endpoint }) => endpoint?.name))).toEqual(new Set(["/search"]));
  expect(request.exitCode).toBe(99);
  const [comment] = await stage.comments(pull);
  expect(comment).toContain("GET /search");
  expect(request.summary).toMatch(/Passes/);
}, 330_000);
