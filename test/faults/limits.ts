import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended, FaultCase, FaultFamily } from "./fault-case.ts";
import { childrenOf, type FaultStage, visiting } from "./stage.ts";

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
      child = childrenOf(pid)[0] ?? 0;
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
      name: "a glob that backtracks does not hang",
      run: (stage) =>
        stage.act({
          inputs: { "allowed-hosts": `127.0.0.1 ${"*a".repeat(30)}b`, "run-time": "2s" },
          timeoutMs: 40_000,
        }),
      exit: [0, 2],
      withinS: 25,
    },
  ],
};
