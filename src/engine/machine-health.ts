import type { MachineHealth } from "../stats/health.ts";

/** What the machine says of itself; the door hands in how to ask. */
export interface MachineSource {
  /** `/proc/stat` as it stands, or undefined where there is none. */
  procStat(): string | undefined;
  /** Resident memory of this process, bytes. */
  memoryBytes(): number;
}

/** Jiffies since boot, over all cores. */
interface CpuTimes {
  readonly total: number;
  readonly idle: number;
  readonly steal: number;
}

/** The machine's load since the last `take`. */
export class MachineWatch {
  readonly #source: MachineSource;
  #before: CpuTimes | undefined;

  constructor(source: MachineSource) {
    this.#source = source;
    this.#before = cpuTimes(source.procStat());
  }

  take(): MachineHealth {
    const now = cpuTimes(this.#source.procStat());
    const before = this.#before;
    this.#before = now;
    const memoryBytes = this.#source.memoryBytes();
    const total = now && before ? now.total - before.total : 0;
    if (!now || !before || total <= 0) return { cpu: 0, steal: 0, memoryBytes };
    const steal = (now.steal - before.steal) / total;
    return { cpu: 1 - (now.idle - before.idle) / total - steal, steal, memoryBytes };
  }
}

/** First line of `/proc/stat` (proc(5)): user nice system idle iowait irq softirq steal guest guest_nice. */
export function cpuTimes(procStat: string | undefined): CpuTimes | undefined {
  const line = procStat?.split("\n", 1)[0];
  if (!line?.startsWith("cpu ")) return undefined;
  const fields = line.trim().split(/\s+/).slice(1).map(Number);
  const [, , , idle = 0, iowait = 0, , , steal = 0] = fields;
  // Guests' time is part of user and nice already.
  const total = fields.slice(0, 8).reduce((sum, value) => sum + value, 0);
  return { total, idle: idle + iowait, steal };
}
