import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { RequestBudget } from "../../src/engine/limits/request-budget.ts";
import { startThreads } from "../../src/engine/node/thread-node.ts";
import type { LoadPlan, Progress } from "../../src/engine/plan/load-plan.ts";
import { notingHooks, planFor } from "./plan.ts";
import { runMaster } from "./run-master.ts";

let server: Server;
let host: string;
let served = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    served++;
    if (request.url === "/") setTimeout(() => response.end("hello"), 5);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

async function load(changes: Partial<LoadPlan>, onProgress?: (progress: Progress) => void) {
  const plan = planFor({ threadUrl: new URL("fixtures/fetch-thread.ts", import.meta.url).href, host, ...changes });
  const budget = plan.requests === null ? undefined : RequestBudget.of(plan.requests).buffer;
  const threads = startThreads(plan, { budget });
  const calls: string[] = [];
  served = 0;
  try {
    const result = await runMaster(plan, {
      clock: systemClock,
      nodes: threads.nodes,
      classes: [{ name: "Fetcher", weight: 1, fixedCount: 0 }],
      hooks: notingHooks(calls),
      onProgress,
    });
    return { result, calls };
  } finally {
    await threads.destroy();
  }
}

test("two threads run their users, and every request the target saw is counted", async () => {
  const seen: Progress[] = [];
  const { result, calls } = await load({ users: 4, threads: 2, runTimeMs: 1000 }, (progress) => seen.push(progress));
  expect(result.summary.allRequests).toBe(served);
  expect(result.blocks.filter(({ phase }) => phase === "steady")).toHaveLength(2);
  expect(result.summary.totals[0]?.requests).toBeGreaterThan(20);
  expect(result.trouble).toMatchObject({ peakUsers: 4, targetUsers: 4, killed: 0 });
  expect(result.blocks[0]?.health.threads.map(({ thread }) => thread)).toEqual(["0", "1"]);
  expect(calls).toEqual(["testStart", "spawningComplete 4", "testStopping", "testStop", "quitting"]);
  expect(seen.at(-1)?.users).toBe(4);
}, 20_000);

test("a budget of requests is kept to the last one, over all threads", async () => {
  const { result } = await load({ users: 7, threads: 2, requests: 101, runTimeMs: null });
  expect(served).toBe(101);
  expect(result.summary.totals[0]?.requests).toBe(101);
}, 20_000);

test("a thread that cannot start ends the run with its reason", async () => {
  await expect(load({ name: "fails" })).rejects.toMatchObject({
    code: "thread-start",
    message: expect.stringContaining("this thread cannot start"),
  });
}, 20_000);

test("when the last thread dies the run ends and says so", async () => {
  await expect(load({ name: "exits", runTimeMs: 20_000 })).rejects.toMatchObject({
    code: "worker-lost",
  });
}, 20_000);
