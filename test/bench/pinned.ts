import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";

/** Cores this machine lets us use. */
export const cores = availableParallelism();

const canPin = spawnSync("taskset", ["-c", "0", "true"]).status === 0;

/** `command` on the given cores, where the machine has them and `taskset`; as it is otherwise. */
export function pinned(core: number | string, command: readonly string[]): readonly string[] {
  const highest = Math.max(...String(core).split(",").map(Number));
  return canPin && highest < cores ? ["taskset", "-c", String(core), ...command] : command;
}

/** `AMD EPYC 7763, 2 cores, Node v24.19.0` */
export function machineName(): string {
  const model = cpus()[0]?.model.trim() || "unnamed processor";
  const pinning = canPin && cores > 1 ? "" : ", no pinning";
  return `${model}, ${cores} cores, ${process.platform} ${process.arch}, Node ${process.version}${pinning}`;
}
