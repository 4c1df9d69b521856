import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { decodeResult } from "../../src/stats/document/result-document.ts";
import { openMoodyTarget } from "../support/moody-target.ts";
import { cleanUpActionRuns, runAction } from "../support/run-action.ts";

/** The built action with a load-generating thread that stands still: it is missed, and the target is not blamed. */

afterAll(cleanUpActionRuns);

/** One user of each thread stands still in the second: ten seconds of the run, from its third second on. */
const frozen = `
import { HttpUser, constant, task } from "swarmgate";
const loadedMs = performance.now();
let stood = false;
export class Visitor extends HttpUser {
  waitTime = constant(0.2);
  @task async page() {
    await this.client.get("/page");
    if (stood || this.index % 2 === 0 || performance.now() - loadedMs < 4000) return;
    stood = true;
    const untilMs = performance.now() + 10_000;
    while (performance.now() < untilMs);
  }
}
`;

test("a thread that freezes for ten seconds is noticed within three, and its freeze is not the target's latency", async () => {
  const target = await openMoodyTarget(() => 60);
  let noticedMs = 0;
  let backMs = 0;
  const outcome = await runAction({
    files: { "locustfile.ts": frozen },
    timeoutMs: 90_000,
    inputs: {
      host: target.url,
      users: "20",
      "spawn-rate": "20",
      threads: "2",
      "run-time": "18s",
      warmup: "0s",
      "baseline-store": "none",
      "upload-artifact": "false",
      comment: "never",
      compare: "none",
      slo: "p99 < 2s\nmax < 5s",
      "fail-on": "slo",
    },
    onOutput(text) {
      if (text.includes("has not been heard since")) noticedMs ||= performance.now();
      if (text.includes("is back after")) backMs ||= performance.now();
    },
  });
  await target.close();
  const told = `${outcome.stdout}\n${outcome.stderr}`;
  // Noticed within three seconds of the ten, so at least seven before it was over.
  expect(backMs - noticedMs, told).toBeGreaterThan(6500);
  expect(told).toMatch(/thread_00\d has not been heard since [\d.]+ s after the start: its 10 users are missing/);
  expect(outcome.log).toMatch(/stood still for (?:9|10|11)\.\d s/);
  expect(outcome.log).toMatch(/\d+ of \d+ requests were under way while the load generator itself stood still/);

  const path = outcome.outputs["result-path"] ?? "";
  const { blocks, summary } = decodeResult(readFileSync(path, "utf8"), path);
  const users = blocks.filter(({ phase }) => phase === "steady").map((block) => block.users.get("Visitor") ?? 0);
  const half = users.filter((count) => count === 10).length;
  expect(half, users.join(" ")).toBeGreaterThanOrEqual(14);
  expect(half, users.join(" ")).toBeLessThanOrEqual(21);
  // Counted and shown as it was measured, and judged by what the target did.
  expect(summary.totals[0]?.maxMs).toBeGreaterThan(5000);
  expect(outcome.exitCode, told).toBe(0);
});
