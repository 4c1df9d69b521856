import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { pullRequestEvent } from "../github/events.ts";
import { GitHubEmulator, type SeededPull, tokens } from "../support/github-emulator.ts";
import { type ActionOutcome, cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { openShop, type ShopProcess } from "../support/shop-process.ts";

/**
 * The built action's other ways to work: a search for the capacity; a load that jobs share, and the job that judges it.
 * A machine that is busy with other things may call any of these runs saturated, so what is asked here is what no load
 * changes: what was asked for, what was measured, who was told.
 */

const locustfile = `
import { HttpUser, constant, task } from "swarmgate";
export class Shopper extends HttpUser {
  waitTime = constant(0.1);
  @task async home() { await this.client.get("/slow?ms=80", { name: "/" }); }
}
export class Admin extends HttpUser {
  static fixedCount = 1;
  waitTime = constant(0.1);
  @task async search() { await this.client.get("/slow?ms=80", { name: "/admin" }); }
}
`;

let shop: ShopProcess;
let github: GitHubEmulator;
let pull: SeededPull;
let runs = 700;

beforeAll(async () => {
  shop = await openShop();
  github = await GitHubEmulator.start();
  pull = await github.openPull({ branch: "larger" });
});
afterAll(async () => {
  await shop.close();
  await github.close();
  cleanUpActionRuns();
});

function act(
  inputs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = { "locustfile.ts": locustfile },
): Promise<ActionOutcome> {
  return runAction({
    event: { repository: { id: 1, default_branch: "main" }, ...pullRequestEvent(pull) },
    files,
    inputs: { "baseline-store": "none", "upload-artifact": "false", ...inputs },
    env: {
      GITHUB_API_URL: github.apiUrl,
      GITHUB_TOKEN: tokens.actions,
      GITHUB_RUN_ID: String(runs++),
    },
  });
}

const read = (outcome: ActionOutcome, name: string) =>
  readFileSync(join(outcome.outputs["result-path"] ?? "", "..", name), "utf8");
const resultOf = (outcome: ActionOutcome) => decodeResult(read(outcome, "result.json"), "result.json");
const comments = async () => (await github.comments(pull.number)).map(({ body }) => body);
/** As many users of each class as ever ran at once. */
const mostUsers = (outcome: ActionOutcome) => {
  const most: Record<string, number> = {};
  for (const { users } of resultOf(outcome).blocks) {
    for (const [name, count] of users) most[name] = Math.max(most[name] ?? 0, count);
  }
  return most;
};

describe("mode: capacity", () => {
  test("steps the load up to the cap, and tells what was tried in comment, summary, outputs and capacity.json", async () => {
    const outcome = await act({
      ...{ mode: "capacity", name: "capacity", host: shop.url, slo: "p95 < 20s" },
      ...{ users: "2", "max-users": "4", "run-time": "2s", warmup: "1s", "max-duration": "8s" },
    });
    expect([0, 3], outcome.log).toContain(outcome.exitCode);
    expect(["pass", "inconclusive", "invalid"]).toContain(outcome.outputs.verdict);
    const { unit, steps, load, end } = JSON.parse(read(outcome, "capacity.json"));
    expect({ unit, first: steps[0].load }).toEqual({ unit: "users", first: 2 });
    for (const step of steps) expect(step.load).toBeLessThanOrEqual(4);
    expect(outcome.log).toMatch(/step 1: 2 users: /);
    const comment = (await comments()).find((body) => body.startsWith("<!-- swarmgate:capacity -->")) ?? "";
    expect(comment).toMatch(/Capacity/i);
    expect(outcome.summary).toMatch(/\| +\| *Users \| *Requests\/s \|/);
    if (end !== "cap" || steps.some(({ outcome: came }: { outcome: string }) => came !== "held")) return;
    // Undisturbed, the promise is kept by whatever may run.
    expect(outcome.summary).toContain('x-axis "users"');
    expect({ load, exitCode: outcome.exitCode }).toEqual({ load: 4, exitCode: 0 });
    expect(JSON.parse(outcome.outputs.comparisons ?? "[]")[0]).toMatchObject({ metric: "capacity", after: 4 });
  });
});

describe("shards of one load", () => {
  test("are measured by one job each and judged by another, in one comment, with the users one job would run", async () => {
    const shards: ActionOutcome[] = [];
    for (const shard of ["1/2", "2/2"]) {
      const load = { host: shop.url, users: "5", "spawn-rate": "50", "run-time": "2s", warmup: "0", slo: "p95 < 1ms" };
      shards.push(await act({ ...load, shard }));
    }
    for (const [i, outcome] of shards.entries()) {
      expect(resultOf(outcome).meta.shard, outcome.log).toEqual({ index: i + 1, of: 2 });
      // Its promises are the whole's: a shard fails for being no measurement alone.
      expect(outcome.outputs["slo-failed"]).toBe("0");
      expect([0, 3]).toContain(outcome.exitCode);
    }
    expect(shards.map(mostUsers)).toEqual([{ Admin: 1, Shopper: 2 }, { Shopper: 2 }]);
    const isOurs = (body: string) => body.startsWith("<!-- swarmgate:load-test -->");
    expect((await comments()).filter(isOurs)).toEqual([]);

    const files = Object.fromEntries(shards.map((shard, i) => [`shards/${i}/result.json`, read(shard, "result.json")]));
    const merged = await act({ mode: "merge", results: "shards/**/result.json", slo: "p95 < 1ms\nerrors < 1%" }, files);
    expect([3, 99], merged.log).toContain(merged.exitCode);
    expect(merged.outputs["slo-failed"]).toBe("1");
    const result = resultOf(merged);
    expect(result.meta.profile.users).toBe(5);
    expect(result.meta.shard).toBeUndefined();
    expect(result.summary.allRequests).toBe(
      shards.reduce((sum, shard) => sum + resultOf(shard).summary.allRequests, 0),
    );
    expect(mostUsers(merged)).toEqual({ Admin: 1, Shopper: 4 });
    const [comment = "", ...others] = (await comments()).filter(isOurs);
    expect(others).toEqual([]);
    expect(comment).toContain("`GET /admin`");

    const lacking = await act(
      { mode: "merge", results: "shards/**/result.json" },
      { "shards/0/result.json": files["shards/0/result.json"] ?? "" },
    );
    expect(lacking.exitCode).toBe(2);
    expect(lacking.annotations.map(({ message }) => message).join()).toContain("shard 2 of 2 is missing");
  });
});
