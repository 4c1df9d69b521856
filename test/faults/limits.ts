import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended, FaultCase, FaultFamily } from "./fault-case.ts";
import { childrenOf, commandOf, type FaultStage, visiting } from "./stage.ts";

/** What must be bounded: memory, time, places, addresses. */

/** The most that the processes of a run held at once, MiB. */
async function mostMib(
  run: (onStart: (pid: number) => void) => Promise<Ended>,
): Promise<{ ended: Ended; mib: number }> {
  let pid = 0;
  let over = false;
  const ending = run((started) => {
    pid = started;
  }).finally(() => {
    over = true;
  });
  let mib = 0;
  while (!over) {
    mib = Math.max(mib, residentMib(pid));
    await sleep(50);
  }
  return { ended: await ending, mib };
}

function residentMib(pid: number): number {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
    return childrenOf(pid).reduce((sum, child) => sum + residentMib(child), own);
  } catch {
    return 0;
  }
}

/** One user asks for an answer that is larger than memory should be. */
function bounded(name: string, path: string, words: RegExp): FaultCase {
  let mib = 0;
  return {
    name,
    run: async (stage) => {
      const measured = await mostMib((onStart) =>
        stage.act({ locustfile: visiting(path), inputs: { users: "1", "stop-timeout": "1s" }, onStart }),
      );
      mib = measured.mib;
      return measured.ended;
    },
    exit: [3, 99],
    says: [words],
    withinS: 30,
    check: () => (mib < 1000 ? null : `held ${mib.toFixed(0)} MiB`),
  };
}

function endless(name: string, locustfile: string, words: RegExp): FaultCase {
  return {
    name,
    run: (stage) => stage.act({ locustfile, inputs: { "stop-timeout": "1s" }, timeoutMs: 60_000 }),
    exit: [2, 3],
    says: [words],
    withinS: 55,
  };
}

/** SIGKILL comes to the door while its load runs; the load must end by itself. */
async function doorKilled(stage: FaultStage, locustfile: string): Promise<Ended> {
  let pid = 0;
  let child = 0;
  const ended = await stage.act({
    locustfile: `${locustfile}import { events } from "swarmgate";\nevents.spawningComplete.addListener(() => console.log("RUNNING"));\n`,
    inputs: { "run-time": "60s" },
    onStart: (started) => {
      pid = started;
    },
    onOutput: (text) => {
      if (child !== 0 || !text.includes("RUNNING")) return;
      child = childrenOf(pid).find((id) => commandOf(id).includes("swarm")) ?? 0;
      process.kill(pid, "SIGKILL");
    },
  });
  for (let look = 0; look < 60 && existsSync(`/proc/${child}`); look++) await sleep(100);
  return ended;
}

export const limits: FaultFamily = {
  name: "what must be bounded",
  cases: [
    bounded("interim answers without end are cut", "/endless-interim", /interim|1xx|head|103/),
    endless(
      "an endless loop while the locustfile loads ends with its place",
      `for (;;);\n${visiting("/ok")}`,
      /locustfile\.ts:1/,
    ),
    endless(
      "a top-level await that never ends ends with its place",
      `await new Promise(() => undefined);\n${visiting("/ok")}`,
      /locustfile\.ts/,
    ),
    {
      name: "the load ends when the process that started it is killed",
      run: (stage) => doorKilled(stage, visiting("/ok")),
      exit: "killed",
      withinS: 30,
    },
    {
      name: "a spinning load ends when the process that started it is killed",
      run: (stage) => doorKilled(stage, `setTimeout(() => { for (;;); }, 1500);\n${visiting("/ok")}`),
      exit: "killed",
      withinS: 30,
    },
    {
      name: "a name that climbs out of the temporary directory stays in it",
      run: (stage) => stage.act({ inputs: { name: "x/../../../escaped" } }),
      exit: [0, 2],
      withinS: 20,
      check: ({ temporary }) => {
        const above = [join(temporary, ".."), join(temporary, "../..")].flatMap((path) => readdirSync(path));
        return above.includes("escaped") ? "a directory was made outside" : null;
      },
    },
    {
      name: "a FIFO as configuration is refused",
      run: (stage) =>
        stage.act({
          inputs: { config: "pipe.yml" },
          wrap: ["bash", "-c", 'mkfifo pipe.yml; exec "$@"', "-"],
          timeoutMs: 20_000,
        }),
      exit: 2,
      says: [/pipe\.yml/],
      withinS: 10,
    },
    {
      name: "/dev/zero as configuration is refused",
      run: (stage) => stage.act({ inputs: { config: "/dev/zero" }, timeoutMs: 20_000 }),
      exit: 2,
      says: [/\/dev\/zero/],
      withinS: 10,
    },
    {
      name: "a directory as configuration is refused",
      run: (stage) => stage.act({ inputs: { config: "folder" }, files: { "folder/file": "" } }),
      exit: 2,
      says: [/folder/],
      withinS: 10,
    },
    {
      name: "an alias that holds itself is refused",
      run: (stage) => stage.act({ files: { ".github/swarmgate.yml": "version: 1\nslo: &a [*a]\n" } }),
      exit: 2,
      says: [/swarmgate\.yml/],
      withinS: 10,
    },
    {
      name: "a glob that backtracks does not hang",
      run: (stage) =>
        stage.act({
          inputs: { "allowed-hosts": `127.0.0.1 ${"*a".repeat(30)}b`, "run-time": "2s" },
          timeoutMs: 40_000,
        }),
      exit: [0, 2],
      withinS: 25,
    },
    {
      name: "a password in host is nowhere to be read",
      run: (stage) => stage.act({ inputs: { host: stage.target.url.replace("//", "//user:hunter2hunter2@") } }),
      exit: [0, 2],
      never: [/^(?!::add-mask::).*hunter2hunter2/m],
      withinS: 20,
    },
    {
      name: "a target that answers and then hangs for good is not green",
      run: (stage) =>
        stage.act({
          locustfile: visiting("/dies"),
          inputs: { users: "4", "run-time": "14s", "stop-timeout": "1s", slo: "errors < 50%" },
        }),
      exit: [3, 99],
      says: [/target-gone|no byte|stopped answering/],
      withinS: 40,
    },
    ...["check_run", "check_suite", "status", "issues", "discussion_comment", "label"].map(
      (eventName): FaultCase => ({
        name: `the event ${eventName} loads no locustfile`,
        run: (stage) => stage.act({ eventName }),
        exit: 2,
        says: [/untrusted-locustfile|not loaded|event/],
        withinS: 10,
      }),
    ),
  ],
};
