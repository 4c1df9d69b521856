// What more users, more endpoints and a longer run cost; writes docs/cost-as-work-grows.svg.
//   npm run -s build && node test/bench/cost.ts
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { decodeResult, encodeResult } from "../../src/stats/document/result-document.ts";
import { chart, type Panel } from "./chart.ts";
import { cpuSeconds, heldMib, start } from "./gauge.ts";
import { cli } from "./generators.ts";
import { inventedRun } from "./invented-run.ts";
import { Nginx } from "./nginx.ts";
import { table } from "./numbers.ts";
import { machineName, pinned } from "./pinned.ts";

const { values } = parseArgs({ options: { svg: { type: "string", default: "docs/cost-as-work-grows.svg" } } });
const directory = mkdtempSync(join(tmpdir(), "swarmgate-cost-"));
const nginx = await Nginx.start({ directory, core: 0 });

/** One point of a curve. */
interface Cost {
  readonly mib: number;
  /** CPU of all processes over the steady part, for each request. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly resultBytes: number;
}

/** Users and endpoints as asked, about 1,000 requests a second whatever their number, 6 s after the ramp. */
async function measure({ users, endpoints }: { users: number; endpoints: number }): Promise<Cost> {
  const waitSeconds = users / 1000;
  const text = `import { between, HttpUser, task } from "swarmgate";

export class Visitor extends HttpUser {
  waitTime = between(0, ${2 * waitSeconds});

  @task
  async page() {
    await this.client.get("/", { name: \`/page/\${this.random.int(1, ${endpoints})}\` });
  }
}
`;
  const file = join(directory, `users-${users}-${endpoints}.ts`);
  writeFileSync(file, text);
  const output = join(directory, "cost.json");
  const [rate, seconds] = [2500, 7];
  const load = ["-u", `${users}`, "-r", `${rate}`, "-t", `${seconds}s`, "-o", output];
  const args = [process.execPath, cli, "run", "-f", file, "-H", nginx.url, "--headless", "--only-summary", ...load];
  const child = start(pinned(1, args));
  const pid = child.pid as number;
  const exit = once(child, "exit");
  let ended = false;
  void exit.then(() => {
    ended = true;
  });
  const before = await nginx.seen();
  while ((await nginx.seen()).connections <= before.connections && !ended) await sleep(20);
  let mib = 0;
  const watch = setInterval(() => {
    mib = Math.max(mib, heldMib(pid));
  }, 100);
  await sleep((users / rate) * 1000 + 1500);
  const [from, cpuFrom] = [await nginx.seen(), cpuSeconds(pid)];
  await sleep((seconds - 2.5) * 1000);
  const [to, cpuTo] = [await nginx.seen(), cpuSeconds(pid)];
  await exit;
  clearInterval(watch);
  const requests = to.requests - from.requests - 1;
  decodeResult(readFileSync(output, "utf8"), output);
  return {
    mib,
    cpuUs: ((cpuTo - cpuFrom) * 1e6) / requests,
    perSecond: (requests * 1000) / (to.atMs - from.atMs),
    resultBytes: statSync(output).size,
  };
}

/** Size and time of the document of a run of 10 endpoints at 200 requests/s, block by block without waiting. */
function simulate(minutes: number): { bytes: number; writingMs: number; heapMib: number } {
  const before = process.memoryUsage().heapUsed;
  const run = inventedRun({ endpoints: 10, seconds: minutes * 60, rate: 20, seed: `${minutes} minutes` });
  const heapMib = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  const beganMs = performance.now();
  const bytes = encodeResult(run).length;
  return { bytes, writingMs: performance.now() - beganMs, heapMib };
}

const cells = ({ mib, cpuUs, perSecond, resultBytes }: Cost) => [
  perSecond.toFixed(0),
  `${mib.toFixed(0)} MiB`,
  `${cpuUs.toFixed(0)} µs`,
  `${(resultBytes / 1000).toFixed(0)} KB`,
];
const head = ["requests/s", "memory, all processes", "CPU a request", "result.json"];

try {
  console.log(machineName());
  const byUsers = new Map<number, Cost>();
  for (const users of [10, 100, 1000, 10_000]) byUsers.set(users, await measure({ users, endpoints: 1 }));
  console.log(
    `\n${table(
      ["users", ...head],
      [...byUsers].map(([n, cost]) => [n.toLocaleString("en"), ...cells(cost)]),
    )}`,
  );
  const byEndpoints = new Map<number, Cost>();
  for (const endpoints of [1, 10, 100, 500]) byEndpoints.set(endpoints, await measure({ users: 100, endpoints }));
  console.log(
    `\n${table(
      ["endpoints", ...head],
      [...byEndpoints].map(([n, cost]) => [String(n), ...cells(cost)]),
    )}`,
  );
  const byMinutes = new Map([1, 10, 60].map((minutes) => [minutes, simulate(minutes)]));
  const longHead = ["minutes", "blocks", "result.json", "written in", "blocks on the heap"];
  const longRows = [...byMinutes].map(([minutes, { bytes, writingMs, heapMib }]) => [
    String(minutes),
    String(minutes * 120),
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${writingMs.toFixed(0)} ms`,
    `${heapMib.toFixed(0)} MiB`,
  ]);
  console.log(`\n${table(longHead, longRows)}`);
  const panel = (xTitle: string, costs: ReadonlyMap<number, Cost>): Panel[] => [
    { title: "memory", unit: "MiB", xTitle, points: [...costs].map(([x, { mib }]) => [x, mib]) },
    { title: "CPU a request", unit: "µs", xTitle, points: [...costs].map(([x, { cpuUs }]) => [x, cpuUs]) },
    { title: "result.json", unit: "KB", xTitle, points: [...costs].map(([x, c]) => [x, c.resultBytes / 1000]) },
  ];
  const long = [...byMinutes];
  const xTitle = "minutes of run time, by simulation";
  const svg = chart([
    ...panel("users, 1,000 requests/s in all", byUsers),
    ...panel("endpoints, 100 users, 1,000 requests/s", byEndpoints),
    { title: "blocks on the heap", unit: "MiB", xTitle, points: long.map(([x, y]) => [x, y.heapMib]) },
    { title: "writing it", unit: "ms", xTitle, points: long.map(([x, y]) => [x, y.writingMs]) },
    { title: "result.json", unit: "MB", xTitle, points: long.map(([x, y]) => [x, y.bytes / 1e6]) },
  ]);
  writeFileSync(resolve(import.meta.dirname, "../..", values.svg), svg);
} finally {
  nginx.stop();
  rmSync(directory, { recursive: true, force: true });
}
