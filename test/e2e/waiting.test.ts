import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { type Mood, type MoodyTarget, openMoodyTarget } from "../support/moody-target.ts";
import { type ActionOutcome, cleanUpActionRuns, runAction } from "../support/run-action.ts";

/** The built action on targets that hang, crawl, come back or take their time: waiting counts, and a dead one is gone. */

/** Slow enough that a busy machine bends no verdict. */
const usualMs = 80;

const open: MoodyTarget[] = [];
// Runs at the same time, each on targets of its own: most of it is waiting.
vi.setConfig({ maxConcurrency: 4 });
afterAll(async () => {
  for (const one of open.splice(0)) await one.close();
  cleanUpActionRuns();
});

async function target(mood: (at: { atMs: number; path: string }) => Mood): Promise<MoodyTarget> {
  const one = await openMoodyTarget(mood);
  open.push(one);
  return one;
}

const visitor = `
import { HttpUser, constant, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.1);
  @task async page() { await this.client.get("/page"); }
}
`;

async function act(
  inputs: Readonly<Record<string, string>>,
  { locustfile = visitor, eventName = "pull_request" }: { locustfile?: string; eventName?: string } = {},
): Promise<ActionOutcome> {
  return await runAction({
    files: { "locustfile.ts": locustfile },
    eventName,
    timeoutMs: 90_000,
    inputs: {
      users: "5",
      "spawn-rate": "5",
      warmup: "0s",
      "baseline-store": "none",
      "upload-artifact": "false",
      comment: "never",
      compare: "none",
      slo: "p95 < 1s\nerrors < 5%",
      "stop-timeout": "2s",
      ...inputs,
    },
  });
}

const told = ({ stdout, stderr }: ActionOutcome) => `${stdout}\n${stderr}`;

function resultOf(outcome: ActionOutcome) {
  const path = outcome.outputs["result-path"] ?? "";
  return decodeResult(readFileSync(path, "utf8"), path);
}

const hangsFrom = (fromMs: number) => (at: { atMs: number }) => (at.atMs >= fromMs ? "hang" : usualMs);

describe.concurrent("a target that hangs for good half-way", () => {
  test("is gone, whatever fail-on says, and the moment is named", async () => {
    const { url } = await target(hangsFrom(5000));
    const outcome = await act({ host: url, "run-time": "10s", slo: "errors < 90%", "fail-on": "slo" });
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs.reason).toBe("target-gone");
    expect(outcome.log).toMatch(
      /The target stopped answering (?:[4-6]|[4-6]\.5) s after the start \(\d\d:\d\d:\d\d UTC\)/,
    );
    expect(outcome.outputs.verdict).toBe("invalid");
  });

  test("passes the step only where fail-on is none", async () => {
    const { url } = await target(hangsFrom(3000));
    const outcome = await act({ host: url, "run-time": "8s", "fail-on": "none" });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(outcome.outputs.verdict).toBe("invalid");
  });

  test("is never stored", async () => {
    const { url } = await target(hangsFrom(3000));
    const outcome = await act(
      {
        host: url,
        "run-time": "8s",
        slo: "errors < 90%",
        "baseline-store": "file",
        "baseline-path": "stored.json",
        compare: "baseline",
        "save-baseline": "always",
      },
      { eventName: "push" },
    );
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(existsSync(join(outcome.workspace, "stored.json"))).toBe(false);
  });

  test("is blamed in the open model, too, and not the generator", async () => {
    const { url } = await target(hangsFrom(4000));
    const outcome = await act({ host: url, "run-time": "9s", "arrival-rate": "30/s", users: "10" });
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs.reason).toBe("target-gone");
    expect(told(outcome)).not.toMatch(/generator (?:was saturated|could not keep)/);
  });
});

describe.concurrent("side by side", () => {
  const pair = (head: MoodyTarget, base: MoodyTarget) => ({
    host: head.url,
    "base-host": base.url,
    compare: "side-by-side",
    "run-time": "8s",
    "max-duration": "30s",
    slo: "errors < 90%",
  });

  test("a head that hangs alone is a regression", async () => {
    const outcome = await act(pair(await target(hangsFrom(4000)), await target(() => usualMs)));
    expect(outcome.exitCode, told(outcome)).toBe(99);
    expect(outcome.outputs.verdict).toBe("fail");
    expect(outcome.log).toContain("The head stopped answering");
  });

  test("a base that hangs alone makes the run invalid", async () => {
    const outcome = await act(pair(await target(() => usualMs), await target(hangsFrom(4000))));
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs.reason).toBe("target-gone");
    expect(outcome.log).toContain("The base stopped answering");
  });

  test("both at once make it invalid", async () => {
    const outcome = await act(pair(await target(hangsFrom(4000)), await target(hangsFrom(4000))));
    expect(outcome.exitCode, told(outcome)).toBe(3);
    expect(outcome.outputs.reason).toBe("target-gone");
  });
});

describe.concurrent("a silence that ends", () => {
  test("counts as the waits it was: the promise breaks, counts and columns stay raw", async () => {
    const { url, asked } = await target(({ atMs }) => (atMs > 4000 && atMs < 9000 ? "hang" : usualMs));
    const outcome = await act({ host: url, "run-time": "14s" });
    expect(outcome.exitCode, told(outcome)).toBe(99);
    expect(outcome.outputs.reason).toBe("slo");
    const { summary, blocks } = resultOf(outcome);
    expect(summary.allRequests).toBe(asked());
    const [row] = summary.totals;
    // By its answers alone the target would have kept its word.
    expect(row?.percentilesMs[5]).toBeLessThan(1000);
    expect(outcome.log).toMatch(/p95 of all requests was [45].* by the answers alone/);
    let backFilled = 0;
    for (const { cells } of blocks) for (const cell of cells.values()) backFilled += cell.backFilled?.count ?? 0;
    // Five users with an iteration in 180 ms, or a little more on a busy machine, for five seconds.
    expect(backFilled).toBeGreaterThan(80);
    expect(backFilled).toBeLessThan(140);
    // The longest that a user who could not ask would have waited: nearly the five seconds, and no more than one did.
    const waitedS = Number(/Users waited (\S+) s or longer for answers/.exec(outcome.log)?.[1]);
    expect(waitedS, outcome.log).toBeGreaterThan(4);
    expect(1000 * waitedS).toBeLessThanOrEqual((row?.maxMs ?? 0) + 5);
  });

  test("is not one of a target that is gone", async () => {
    const { url } = await target(({ atMs }) => (atMs > 2000 && atMs < 6000 ? "hang" : usualMs));
    const outcome = await act({ host: url, "run-time": "9s", slo: "errors < 5%" });
    expect(outcome.exitCode, told(outcome)).toBe(0);
  });
});

describe.concurrent("what only takes its time is not gone", () => {
  test("long polls", async () => {
    const { url } = await target(() => 3500);
    const outcome = await act({ host: url, users: "1", "run-time": "9s", slo: "errors < 50%", "stop-timeout": "5s" });
    expect(outcome.outputs.reason, told(outcome)).not.toBe("target-gone");
    expect(outcome.exitCode, told(outcome)).toBe(0);
  });

  test("a cold start", async () => {
    const { url } = await target(({ atMs }) => (atMs < 5000 ? "hang" : usualMs));
    const outcome = await act({ host: url, "run-time": "8s", slo: "errors < 5%" });
    expect(outcome.exitCode, told(outcome)).toBe(0);
  });

  test("an answer that crawls in", async () => {
    const { url } = await target(({ atMs }) => (atMs > 3000 ? "crawl" : usualMs));
    const outcome = await act({ host: url, "run-time": "9s", slo: "errors < 90%" });
    expect(outcome.outputs.reason, told(outcome)).not.toBe("target-gone");
  });

  test("one request of many that hangs alone", async () => {
    const { url } = await target(({ atMs, path }) => (path === "/stuck" && atMs > 3000 ? "hang" : usualMs));
    const locustfile = visitor.replace(
      '@task async page() { await this.client.get("/page"); }',
      'turns = 0;\n  @task async page() { await this.client.get(this.index === 0 && this.turns++ > 20 ? "/stuck" : "/page"); }',
    );
    const outcome = await act({ host: url, "run-time": "9s", slo: "errors < 50%" }, { locustfile });
    expect(outcome.outputs.reason, told(outcome)).not.toBe("target-gone");
    expect(outcome.exitCode, told(outcome)).toBe(0);
  });
});
