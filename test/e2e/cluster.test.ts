import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { decodeResult } from "../../src/stats/document/result-document.ts";

/** One load by several machines: a master and workers, each in processes of their own, over sockets on loopback. */

const scratch = mkdtempSync(join(tmpdir(), "cluster-"));
const entry = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
/** Worker and user of every request since the test began to look. */
let seen: { worker: string; user: string }[] = [];
let answered = 0;
/** The users say that it is enough. */
let enough = false;
const server = createServer((request, response) => {
  const [, worker = "", user = ""] = (request.url ?? "").split("/");
  seen.push({ worker, user });
  answered++;
  response.end(enough ? "enough" : "go on");
});
const running: Program[] = [];

const locustfile = `
import { HttpUser, constant, task } from "swarmgate";
export class Visitor extends HttpUser {
  waitTime = constant(0.05);
  @task async visit() {
    const { runner } = this.environment;
    const answer = await this.client.get("/" + runner.clientId + "/" + this.index, { name: "/visit" });
    if (answer.text() === "enough") runner.quit();
  }
}
`;

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  writeFileSync(join(scratch, "locustfile.ts"), locustfile);
});
beforeEach(() => {
  seen = [];
  answered = 0;
  enough = false;
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.splice(0).map(({ exit }) => exit));
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(scratch, { recursive: true, force: true });
});

interface Program {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly output: () => string;
}

function start(...argv: readonly string[]): Program {
  const child = spawn(process.execPath, [entry, "run", "--headless", ...argv], {
    cwd: scratch,
    env: { PATH: process.env.PATH, HOME: scratch },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const program = { child, exit, output: () => output };
  running.push(program);
  return program;
}

/** A master with this load, and the port it listens on. */
async function startMaster(...argv: readonly string[]) {
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bind = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", "0"];
  const master = start("-f", "locustfile.ts", "-H", host, "-u", "4", "-r", "100", ...bind, ...argv);
  const port = await heard(master, /on 127\.0\.0\.1:(\d+)/);
  const startWorker = (...more: readonly string[]) =>
    start("-f", "locustfile.ts", "--worker", "--master-port", port, ...more);
  return { master, port, startWorker };
}

async function until<T>(find: () => T | undefined | false, program: Program): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    if (program.child.exitCode !== null) throw new Error(`it ended: ${program.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const heard = (program: Program, what: RegExp) => until(() => what.exec(program.output())?.[1], program);
const users = (of = seen) => [...new Set(of.map(({ user }) => user))].sort();
const workers = (of = seen) => [...new Set(of.map(({ worker }) => worker))];

test("workers share the users, every request is counted once, and all end when the run does", async () => {
  const { master, startWorker } = await startMaster("--expect-workers", "3", "-o", "shared.json");
  const two = [startWorker(), startWorker("--processes", "2")];
  await until(() => workers().length === 3 && users().length === 4, master);
  expect(users()).toEqual(["0", "1", "2", "3"]);
  enough = true;
  expect(await master.exit, master.output()).toBe(0);
  expect(await Promise.all(two.map(({ exit }) => exit))).toEqual([0, 0]);
  const path = join(scratch, "shared.json");
  const { summary, meta, warnings } = decodeResult(readFileSync(path, "utf8"), path);
  expect(summary.totals[0]?.requests).toBe(answered);
  expect(meta).toMatchObject({ threads: 3, profile: { users: 4 } });
  expect(warnings.map(({ code }) => code)).not.toContain("worker-lost");
});

test("a worker that comes late gets its share, and one that vanishes leaves its users to the others", async () => {
  const { master, startWorker } = await startMaster("-o", "changing.json");
  const first = startWorker();
  const id = await heard(first, /as worker 1, (\S+)/);
  await until(() => users().length === 4, master);
  const late = startWorker();
  const lateId = await heard(late, /as worker 2, (\S+)/);
  await until(() => workers().includes(lateId), master);
  first.child.kill("SIGKILL");
  await heard(master, new RegExp(`(${id} is gone)`));
  seen = [];
  await until(() => users(seen.filter(({ worker }) => worker === lateId)).length === 4, master);
  enough = true;
  expect(await master.exit, master.output()).toBe(0);
  expect(await late.exit).toBe(0);
  const path = join(scratch, "changing.json");
  const { warnings, meta } = decodeResult(readFileSync(path, "utf8"), path);
  expect(warnings.find(({ code }) => code === "worker-lost")?.message).toContain(id);
  expect(meta.threads).toBe(2);
});

test("a master that vanishes ends its workers, and so does a signal", async () => {
  const { master, startWorker } = await startMaster("--expect-workers", "2");
  const [worker, leaver] = [startWorker(), startWorker()];
  await until(() => workers().length === 2, master);
  leaver.child.kill("SIGTERM");
  expect(await leaver.exit, leaver.output()).toBe(143);
  await heard(master, /(is gone)/);
  master.child.kill("SIGKILL");
  expect(await worker.exit).toBe(1);
  expect(worker.output()).toContain("the master is gone");
});

test("a master that waits in vain says so, and sends nothing", async () => {
  const { master } = await startMaster("--expect-workers", "2", "--expect-workers-max-wait", "1");
  expect(await master.exit).toBe(1);
  expect(master.output()).toMatch(/0 of 2 workers were ready in time/);
  expect(seen).toEqual([]);
  expect(existsSync(join(scratch, "result.json"))).toBe(false);
});

test("a worker whose locustfile cannot be loaded says where and never joins; the master waits on", async () => {
  const { master, startWorker } = await startMaster();
  writeFileSync(join(scratch, "broken.ts"), 'throw new Error("no data here");');
  const worker = startWorker("-f", "broken.ts");
  expect(await worker.exit).toBe(2);
  expect(worker.output()).toContain("no data here");
  expect(seen).toEqual([]);
  master.child.kill("SIGTERM");
  expect(await master.exit, master.output()).toBe(143);
});

test("a worker with another locustfile than the master's ends with a sentence that says so", async () => {
  const { master, port } = await startMaster("--expect-workers", "1");
  writeFileSync(
    join(scratch, "other.ts"),
    'import { HttpUser, task } from "swarmgate";\nexport class Stranger extends HttpUser { @task t() {} }\n',
  );
  const worker = start("-f", "other.ts", "--worker", "--master-port", port);
  expect(await worker.exit, worker.output()).toBe(2);
  const sentence = "the master's locustfile has user classes that this worker's does not have";
  expect(worker.output()).toContain(sentence);
  expect(worker.output()).not.toMatch(/TypeError|undefined/);
  expect(await master.exit, master.output()).toBe(1);
  expect(master.output()).toContain(`no worker is left: ${sentence}: `);
  expect(seen).toEqual([]);
});
