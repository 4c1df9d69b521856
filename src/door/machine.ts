import { cpus, release, totalmem, type } from "node:os";
import type { Machine } from "../stats/run-result.ts";

/** The machine this process runs on, as results tell it. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    cpuModel: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    os: `${type()} ${release()}`,
    node: process.version,
  };
}
