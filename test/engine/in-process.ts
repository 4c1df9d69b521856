import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoadPlan } from "../../src/engine/plan/load-plan.ts";
import type { RunResult } from "../../src/stats/run-result.ts";
import { planFor } from "./plan.ts";

type Told = Omit<RunResult, "schema" | "blocks"> & {
  readonly blocks: readonly Pick<RunResult["blocks"][number], "block" | "phase" | "users" | "health">[];
};

export interface Ran {
  readonly result: Told;
  /** What the run printed. */
  readonly output: string;
}

/** Runs a locustfile given as text, in a process and threads of its own. Rejects with the run's error. */
export async function runLocustfile(
  source: string,
  changes: Partial<LoadPlan> = {},
  { interruptAfterMs }: { interruptAfterMs?: number } = {},
): Promise<Ran> {
  const directory = mkdtempSync(join(tmpdir(), "engine-run-"));
  const locustfile = join(directory, "locustfile.ts");
  writeFileSync(locustfile, source);
  const plan = planFor({ ...changes });
  const child = fork(fileURLToPath(new URL("fixtures/run.ts", import.meta.url)), {
    serialization: "advanced",
    execArgv: ["--disable-warning=ExperimentalWarning"],
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  try {
    child.send({ plan, locustfile, interruptAfterMs });
    // Not "exit": what it printed last may still be in the pipe then.
    const closed = new Promise<void>((done) => child.once("close", () => done()));
    const answer = await new Promise<{ result?: Told; error?: object }>((resolve, reject) => {
      child.once("message", (message) => resolve(message as { result?: Told; error?: object }));
      child.once("exit", (code) => reject(new Error(`the run ended with ${code} and said nothing: ${output}`)));
    });
    await closed;
    if (answer.error || !answer.result) throw Object.assign(new Error(), answer.error);
    return { result: answer.result, output };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export interface Target {
  readonly url: string;
  readonly paths: string[];
  close(): void;
}

/** A server that answers after `delayMs` and remembers what it was asked. */
export async function target({ delayMs = 2 } = {}): Promise<Target> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    setTimeout(() => response.end("hello"), delayMs);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, paths, close: () => server.closeAllConnections() ?? server.close() };
}

/** A user that fetches by hand, for locustfiles of these tests: one request named after its path. */
export const getter = `
import { User, constant, events, task, StopTest, StopUser, LoadTestShape } from "swarmgate";
class Getter extends User {
  static abstract = true;
  async get(path: string) {
    await events.request.measure("GET", path, async () => {
      const answer = await fetch(this.host + path, { signal: this.runtime.signal });
      await answer.text();
    });
  }
}
`;
