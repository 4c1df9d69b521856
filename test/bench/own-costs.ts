import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addRecord, emptyBaseline } from "../../src/baseline/baseline.ts";
import { encodeBaseline } from "../../src/baseline/document.ts";
import { recordOf } from "../../src/baseline/record.ts";
import { decodeResult, encodeResult, largestResultBytes } from "../../src/stats/document/result-document.ts";
import { dispatching } from "./dispatcher.ts";
import { end, heldMib, start } from "./gauge.ts";
import { cli, locustfile } from "./generators.ts";
import { inventedRun } from "./invented-run.ts";
import type { Nginx } from "./nginx.ts";
import { median, spread } from "./numbers.ts";
import { pinned } from "./pinned.ts";
import { recordingUs } from "./recorder.ts";

/** One row of the second table. */
export interface CostRow {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly met: boolean;
}

const root = resolve(import.meta.dirname, "../..");
const node = process.execPath;

export async function ownCosts({ nginx, directory }: { nginx: Nginx; directory: string }): Promise<CostRow[]> {
  return [
    ...(await manyUsers({ nginx, directory })),
    recording(),
    await coldStart(),
    await firstRequest(directory),
    distSize(),
    ...documents(),
    ...dispatcherSteps(),
  ];
}

/** 10,000 users who wait a second between requests: memory, the ramp as it was asked for, the end in time. */
export async function manyUsers({ nginx, directory }: { nginx: Nginx; directory: string }): Promise<CostRow[]> {
  const [users, perSecond, seconds] = [10_000, 1000, 8];
  const output = join(directory, "many.json");
  const load = ["-u", `${users}`, "-r", `${perSecond}`, "-t", `${seconds}s`, "-o", output];
  const file = locustfile(directory, 1);
  const args = [node, cli, "run", "-f", file, "-H", nginx.url, "--headless", "--only-summary", ...load];
  const child = start(pinned(1, args));
  const exit = once(child, "exit");
  let mib = 0;
  let endedAtMs = Number.NaN;
  void exit.then(() => {
    endedAtMs = performance.now();
  });
  while (Number.isNaN(endedAtMs)) {
    mib = Math.max(mib, heldMib(child.pid as number));
    await sleep(100);
  }
  await exit;
  const { blocks, meta, trouble, summary } = decodeResult(readFileSync(output, "utf8"), output);
  const ramp = blocks.filter(({ block }) => block >= 1 && block < (2 * users) / perSecond - 1);
  const behind = ramp.map(({ block, users: running }) => {
    const now = [...running.values()].reduce((sum, count) => sum + count, 0);
    return 1 - now / Math.min(users, ((block + 1) * perSecond) / 2);
  });
  const tookMs = Date.parse(meta.endedAt) - Date.parse(meta.startedAt);
  const overMs = tookMs - (users / perSecond + seconds) * 1000;
  const behindMost = Math.max(...behind);
  const failed = summary.totals.reduce((sum, row) => sum + row.failures, 0);
  return [
    {
      what: "10,000 users waiting 1 s: memory at most",
      measured: `${mib.toFixed(0)} MiB (${trouble.peakUsers} users, ${failed} failed requests)`,
      bound: "400 MB",
      met: mib * 1.048576 <= 400 && trouble.peakUsers === users,
    },
    {
      what: `they start at ${perSecond}/s: furthest behind`,
      measured: `${(behindMost * 100).toFixed(1)} %`,
      bound: "10 %",
      met: behindMost <= 0.1,
    },
    {
      what: "they stop in time: past the asked end",
      measured: `${(overMs / 1000).toFixed(2)} s, ${trouble.killed} killed`,
      bound: "2 s",
      met: overMs <= 2000,
    },
  ];
}

function recording(): CostRow {
  const us = recordingUs()["five phases"];
  return { what: "recording a sample", measured: `${(us * 1000).toFixed(0)} ns`, bound: "1 µs", met: us <= 1 };
}

/** Milliseconds until the action says something: here, what is wrong with its inputs. */
async function coldStart(): Promise<CostRow> {
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    const env = { PATH: process.env.PATH, INPUT_HOST: "nonsense", INPUT_USERS: "many" };
    const beganMs = performance.now();
    const child = spawn(node, [join(root, "dist/main.js")], { env, stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    times.push(performance.now() - beganMs);
    await once(child, "exit");
  }
  return within("cold start of dist/main.js to its first line, ms", times, 150);
}

/** Milliseconds from starting the command line to the first request at the target. */
async function firstRequest(directory: string): Promise<CostRow> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    let arrived: (atMs: number) => void = () => undefined;
    const arrival = new Promise<number>((resolve) => {
      arrived = resolve;
    });
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => arrived(performance.now()));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const file = locustfile(directory, 1);
    const beganMs = performance.now();
    const child = start([node, cli, "run", "-f", file, "-H", `http://127.0.0.1:${port}`, "--headless", "-t", "20s"]);
    times.push((await arrival) - beganMs);
    await end(child);
    server.close();
  }
  return within("locustfile to its first request, ms", times, 400);
}

function within(what: string, times: readonly number[], boundMs: number): CostRow {
  return { what, measured: spread(times, 0), bound: `${boundMs} ms`, met: median(times) <= boundMs };
}

function distSize(): CostRow {
  const files = readdirSync(join(root, "dist"), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const bytes = files.reduce((sum, each) => sum + statSync(join(each.parentPath, each.name)).size, 0);
  return sized("dist/", bytes, 6_000_000);
}

function documents(): CostRow[] {
  const result = (rate: number, seed: string) => inventedRun({ endpoints: 10, seconds: 60, rate, seed });
  const anHour = inventedRun({ endpoints: 10, seconds: 3600, rate: 20, seed: "an hour" });
  let baseline = emptyBaseline("load-test");
  for (let i = 0; i < 20; i++) {
    baseline = addRecord(baseline, { record: recordOf(result(50, `run ${i}`)), keep: 20 });
  }
  return [
    sized("result.json, 10 endpoints × 60 s at 500/s", encodeResult(result(50, "one")).length, 2_000_000),
    sized("result.json, the same at 10,000/s", encodeResult(result(1000, "one")).length, 2_000_000),
    sized("result.json, 10 endpoints × 60 min at 200/s", encodeResult(anHour).length, largestResultBytes),
    sized(`baseline.json of ${baseline.records.length} such runs`, encodeBaseline(baseline).length, 300_000),
  ];
}

function sized(what: string, bytes: number, bound: number): CostRow {
  const text = (n: number) => (n < 1e6 ? `${(n / 1e3).toFixed(0)} KB` : `${(n / 1e6).toFixed(2)} MB`);
  return { what, measured: text(bytes), bound: text(bound), met: bytes <= bound };
}

function dispatcherSteps(): CostRow[] {
  const { slowestMs, leavingMs } = dispatching(100_000);
  const row = (what: string, ms: number) => ({
    what,
    measured: `${ms.toFixed(0)} ms`,
    bound: "200 ms",
    met: ms <= 200,
  });
  return [
    row("spawning step: 100,000 users, 50 classes, 1,000 nodes", slowestMs),
    row("a node of those leaves", leavingMs),
  ];
}
