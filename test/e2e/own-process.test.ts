import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GitHubEmulator, tokens } from "../support/github-emulator.ts";
import { type ActionOutcome, cleanUpActionRuns, runAction } from "../support/run-action.ts";
import { openShop, type ShopProcess } from "../support/shop-process.ts";

/** The built action's own process, and what a locustfile with all rights of its user can get out of it. */

let shop: ShopProcess;
let github: GitHubEmulator;
beforeAll(async () => {
  shop = await openShop();
  github = await GitHubEmulator.start();
});
afterAll(async () => {
  await shop.close();
  await github.close();
  cleanUpActionRuns();
});

const runtimeToken = "runtime-token-of-the-runner";
const attack = `
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { HttpUser, constant, events, task } from "swarmgate";

const door = process.ppid;
const show = (what, value) => console.log("FOUND " + JSON.stringify({ what, value: String(value) }));
const attempt = (what, act) => {
  try { show(what, act()); } catch (error) { show(what, error.code ?? error.message); }
};
let done = false;
events.init.addListener(async ({ runner }) => {
  if (runner?.role !== "master" || done) return;
  done = true;
  attempt("environ", () => execFileSync("cat", ["/proc/" + door + "/environ"]));
  attempt("command line", () => execFileSync("cat", ["/proc/" + door + "/cmdline"]));
  attempt("descriptors", () => readdirSync("/proc/" + door + "/fd").map((fd) => {
    const path = "/proc/" + door + "/fd/" + fd;
    try { return statSync(path).isFile() && fd !== "1" ? readFileSync(path, "utf8") : ""; } catch { return ""; }
  }).join("\\n"));
  process.kill(door, "SIGUSR1");
  await new Promise((resolve) => setTimeout(resolve, 500));
  show("inspector", await new Promise((resolve) => {
    connect(9229, "127.0.0.1").on("connect", () => resolve("open")).on("error", ({ code }) => resolve(code));
  }));
});
export class Shopper extends HttpUser {
  waitTime = constant(0.1);
  @task async home() { await this.client.get("/slow?ms=80", { name: "/" }); }
}
`;

function act(more: Partial<Parameters<typeof runAction>[0]> = {}): Promise<ActionOutcome> {
  return runAction({
    eventName: "push",
    event: { repository: { id: 1, default_branch: "main" } },
    files: { "locustfile.ts": attack },
    inputs: {
      ...{ host: shop.url, users: "2", "run-time": "2s", warmup: "0", "baseline-store": "none" },
      ...{ "upload-artifact": "false", headers: "Authorization: Bearer of-the-staging-shop" },
    },
    env: { GITHUB_API_URL: github.apiUrl, GITHUB_TOKEN: tokens.actions, ACTIONS_RUNTIME_TOKEN: runtimeToken },
    ...more,
  });
}

describe.runIf(process.platform === "linux")("the process with the tokens", () => {
  test("shows none of them to a child of the locustfile, and opens no debugger at a signal", async () => {
    const outcome = await act();
    const found = Object.fromEntries(
      outcome.stdout.split("\n").flatMap((line) => {
        const { what, value } = JSON.parse(/FOUND (\{.*\})/.exec(line)?.[1] ?? "{}");
        return what === undefined ? [] : [[what, value]];
      }),
    );
    expect(Object.keys(found), outcome.stdout).toEqual(["environ", "command line", "descriptors", "inspector"]);
    // What was found is what there is: the attack itself works.
    expect(found.environ).toContain("PATH=");
    expect(found["command line"]).toContain("main.js");
    for (const what of ["environ", "command line", "descriptors"]) {
      for (const secret of [tokens.actions, runtimeToken, "of-the-staging-shop", "***", "GITHUB_ENV", "INPUT_"]) {
        expect(found[what], `${what}: ${secret}`).not.toContain(secret);
      }
    }
    expect(found.inspector).toBe("ECONNREFUSED");
    // And it did its work with what was kept from the locustfile.
    expect(outcome.exitCode, outcome.log).toBe(0);
    expect(outcome.stdout.match(/^swarmgate \d/gm)).toHaveLength(1);
    expect(outcome.outputs.verdict).toBe("pass");
    expect(outcome.state).toEqual({});
    expect(readdirSync(outcome.runnerTemp)).toEqual(["swarmgate"]);
  });

  test("works without a place for what it hands over, too", async () => {
    const outcome = await act({
      inputs: { host: "nonsense", headers: "Authorization: Bearer of-the-staging-shop" },
      env: { RUNNER_TEMP: "/nowhere", GITHUB_API_URL: github.apiUrl, GITHUB_TOKEN: tokens.actions },
    });
    expect(outcome.exitCode, outcome.log).toBe(2);
    expect(outcome.stdout.match(/^swarmgate \d/gm)).toHaveLength(1);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("ends at once on %s, however early that comes", async (name) => {
    let sent = false;
    const outcome = await act({
      onOutput: (_text, signal) => {
        if (!sent) signal(name);
        sent = true;
      },
    });
    expect(outcome.signal ?? outcome.exitCode).toSatisfy((end) =>
      [name, name === "SIGINT" ? 130 : 143].includes(end as never),
    );
    expect(outcome.durationMs).toBeLessThan(10_000);
  });
});
