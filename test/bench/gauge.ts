import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Nginx } from "./nginx.ts";

/** How a generator did while the window was open. */
export interface Reading {
  /** By the target's own count. */
  readonly perSecond: number;
  /** User and system time of the generator's processes for each request, microseconds. */
  readonly cpuUs: number;
}

/** Clock ticks of /proc in a second: fixed by Linux's interface. */
const ticksPerSecond = 100;

/** User and system time of a process, its threads and its children, in seconds. */
export function cpuSeconds(pid: number): number {
  return sumOver(pid, (each) => {
    // The name in parentheses may hold spaces; fields are counted after it.
    const fields = (readFileSync(`/proc/${each}/stat`, "utf8").split(") ")[1] ?? "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  });
}

/** Memory the process and its children hold now, in MiB; a page that several share counts once (Linux's PSS). */
export function heldMib(pid: number): number {
  return sumOver(pid, (each) => {
    const rollup = readFileSync(`/proc/${each}/smaps_rollup`, "utf8");
    return Number(/Pss:\s+(\d+)/.exec(rollup)?.[1] ?? 0) / 1024;
  });
}

/** Adds up over a process and those it started; what has just ended is left out. */
function sumOver(pid: number, measure: (pid: number) => number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + sumOver(Number(child), measure), measure(pid));
  } catch {
    return 0;
  }
}

export function start(command: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): ChildProcess {
  const [program = "", ...args] = command;
  return spawn(program, args, { stdio: "ignore", detached: true, ...options });
}

/** Ends a process started here, and what it started. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  process.kill(-child.pid, "SIGKILL");
  await once(child, "exit");
}

/**
 * Runs a generator against the target. Its start is left out, by the same rule for all: a second after its first
 * request the window opens, and what the target then counts in `seconds` is its rate.
 */
export async function gauge(
  command: readonly string[],
  { nginx, seconds }: { nginx: Nginx; seconds: number },
): Promise<Reading> {
  const idle = await nginx.seen();
  const child = start(command);
  let exited = false;
  child.once("exit", () => {
    exited = true;
  });
  const gone = () => new Error(`${command.join(" ")} ended before it was measured`);
  try {
    // 64 requests more than our own questions make.
    for (let asked = 0; (await nginx.seen()).requests < idle.requests + asked + 64; asked++) {
      if (exited || asked > 600) throw gone();
      await sleep(50);
    }
    await sleep(1000);
    const [from, cpuFrom] = [await nginx.seen(), cpuSeconds(child.pid as number)];
    await sleep(seconds * 1000);
    if (exited) throw gone();
    const [to, cpuTo] = [await nginx.seen(), cpuSeconds(child.pid as number)];
    const requests = to.requests - from.requests - 1;
    return {
      perSecond: (requests * 1000) / (to.atMs - from.atMs),
      cpuUs: ((cpuTo - cpuFrom) * 1e6) / requests,
    };
  } finally {
    await end(child);
  }
}
