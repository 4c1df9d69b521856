import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ManualClock } from "../../src/base/clock.ts";
import { UsageError } from "../../src/base/errors.ts";
import { gateConfig } from "../../src/config/gate-config.ts";
import { shareOf } from "../../src/engine/plan/shard.ts";
import type { GateContext } from "../../src/gate/gate-context.ts";
import { noExtras } from "../../src/gate/load.ts";
import { gate } from "../../src/gate.ts";
import { decodeResult, encodeResult } from "../../src/stats/document/result-document.ts";
import { runCli } from "../support/run-cli.ts";

/** One load shared by several jobs, and the job that adds up and judges what they measured. */

const scratch = mkdtempSync(join(tmpdir(), "shards-"));
const visitors = new Set<string>();
const server = createServer((request, response) => {
  visitors.add(request.url ?? "");
  setTimeout(() => response.end("ok"), 30);
});
let host = "";

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(scratch, "locustfile.ts"), visitor);
  for (const shard of ["1/2", "2/2"]) {
    const { result, output } = await runCli([
      ...["-f", join(scratch, "locustfile.ts"), "-H", host, "-u", "5", "-r", "50", "-t", "2s", "--shard", shard],
    ]);
    expect(result, output).toBeDefined();
    if (result) writeFileSync(join(scratch, `shard-${shard[0]}.json`), encodeResult(result));
  }
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(scratch, { recursive: true, force: true });
});

const visitor = `
import { HttpUser, constant, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.1);
  @task async visit() { await this.client.get("/visitor/" + this.index, { name: "/visitor/{index}" }); }
}
`;

const shard = (number: number) => {
  const path = join(scratch, `shard-${number}.json`);
  return decodeResult(readFileSync(path, "utf8"), path);
};

async function judged(inputs: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(scratch, "report-"));
  const config = gateConfig({
    layers: [{ values: new Map(Object.entries(inputs)), spell: (name) => name }],
    file: null,
    defaults: {},
    promiseByDefault: true,
  });
  const world: GateContext = {
    clock: new ManualClock(Date.UTC(2026, 0, 1)),
    directory: scratch,
    environment: {},
    machine: { cpuModel: "test", cores: 2, memoryBytes: 1, os: "test", node: "24" },
    documents: () => directory,
    swarmEntry: "nothing is loaded",
    threadEntry: "nothing is loaded",
    signal: new AbortController().signal,
    stopWithinMs: 1000,
    origin: { commit: null, baseCommit: null, branch: null, ownsBaseline: false, run: null },
    log: () => undefined,
    userOutput: () => undefined,
    onProgress: () => undefined,
    publish: async () => undefined,
    store: null,
    readiness: true,
  };
  return { outcome: await gate(config, world, noExtras), directory };
}

describe("shards of one load", () => {
  test("share its users, each with a number of its own", () => {
    expect([shard(1), shard(2)].map(({ meta }) => meta.profile.users)).toEqual([3, 2]);
    expect([...visitors].sort()).toEqual([0, 1, 2, 3, 4].map((index) => `/visitor/${index}`));
    expect(shard(2).meta.shard).toEqual({ index: 2, of: 2 });
  });

  test("are judged as one by mode: merge", async () => {
    const { outcome, directory } = await judged({
      mode: "merge",
      name: "api",
      results: "shard-*.json",
      slo: "p50 < 5s",
    });
    const total = (result: ReturnType<typeof shard>) => result.summary.totals[0]?.requests ?? 0;
    // Blocks add up by number; those that only one of the shards was still judged in count for neither.
    expect(outcome.report.total?.head?.requests).toBeLessThanOrEqual(total(shard(1)) + total(shard(2)));
    expect(outcome.report.total?.head?.requests).toBeGreaterThan(Math.max(total(shard(1)), total(shard(2))));
    expect(outcome.report.measured.users).toBe(5);
    expect(outcome.report.name).toBe("api");
    expect(outcome.verdict.thresholds.map(({ outcome: kept }) => kept)).toEqual(["pass"]);
    expect(existsSync(join(directory, "result.json"))).toBe(true);
    const strict = await judged({ mode: "merge", results: "shard-1.json\nshard-2.json", slo: "p50 < 1ms" });
    expect(strict.outcome.verdict.reasons.map(({ code }) => code)).toContain("slo");
  });

  test("are not judged while one is missing or counted twice, and every file that is no result is named", async () => {
    const problemsOf = async (results: string) => {
      const error = await judged({ mode: "merge", results }).catch((thrown: unknown) => thrown);
      return error instanceof UsageError ? error.problems.map(({ message }) => message) : [String(error)];
    };
    expect(await problemsOf("shard-1.json\nshard-*9.json")).toEqual(["there is no file shard-*9.json"]);
    expect(await problemsOf("shard-1.json")).toEqual(["shard 2 of 2 is missing"]);
    writeFileSync(join(scratch, "broken.json"), "{");
    expect((await problemsOf("shard-*.json\nbroken.json")).join()).toMatch(/broken\.json/);
  });

  test("leave every user and request to exactly one of them", () => {
    for (const [whole, of] of [
      [10, 3],
      [5, 5],
      [1000, 7],
    ] as const) {
      const parts = Array.from({ length: of }, (_, i) => shareOf(whole, { index: i + 1, of }));
      expect(parts.reduce((a, b) => a + b, 0)).toBe(whole);
      expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
    }
  });
});
