import type { MachineHealth, ThreadHealth } from "../../stats/health.ts";

/** Of a block's time, taken by other guests of the host. */
const stealLimit = 0.05;
/** Of a block's time, in which something waited for a core. */
const pressureLimit = 0.1;
/** Of all cores, in use: who comes then has to wait. */
const fullMachine = 0.9;
/** A thread that is busy for less of the time than this has not made itself late. */
const idleThread = 0.25;
/** Of what the machine does, done by the load generator: more, and it stands in its own way. */
const ownShare = 0.5;

/** Whether others than the load generator had the machine's cores during a block. */
export function isContended(machine: MachineHealth | undefined, { cores }: { cores: number }): boolean {
  if (!machine) return false;
  const { cpu, steal, ownCpu, pressure = 0, runnable = 0 } = machine;
  if (steal > stealLimit) return true;
  if (ownCpu !== undefined && ownCpu > ownShare * cpu) return false;
  // The one that reads this runs, too.
  const isQueued = cores > 0 && runnable > cores + 1;
  return pressure > pressureLimit || isQueued || (ownCpu !== undefined && cpu > fullMachine);
}

/** Whether a thread's lateness is of its own making, as far as can be seen. */
export function isOwnDoing({ utilization, cpu }: ThreadHealth, { contended }: { contended: boolean }): boolean {
  return utilization >= idleThread && !(contended && cpu < 2 * idleThread);
}
