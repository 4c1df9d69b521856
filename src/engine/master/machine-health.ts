import type { MachineHealth } from "../../stats/health.ts";

/** What the machine says of itself; the door hands in how to ask. */
export interface MachineSource {
  /** `/proc/stat` as it stands, or undefined where there is none. */
  procStat(): string | undefined;
  /** `/proc/pressure/cpu`, likewise. */
  procPressure?(): string | undefined;
  /** Resident memory of this process, bytes. */
  memoryBytes(): number;
  /** CPU time of this process so far, all threads, milliseconds. */
  cpuMs?(): number;
  /** Milliseconds that pass evenly. */
  nowMs?(): number;
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
  #pressureBefore: Reading;
  #cpuBefore: Reading;

  constructor(source: MachineSource) {
    this.#source = source;
    this.#before = cpuTimes(source.procStat());
    this.#pressureBefore = this.#pressure();
    this.#cpuBefore = this.#ownCpu();
  }

  #pressure(): Reading {
    return { value: pressureMs(this.#source.procPressure?.()), atMs: this.#source.nowMs?.() };
  }

  #ownCpu(): Reading {
    return { value: this.#source.cpuMs?.(), atMs: this.#source.nowMs?.() };
  }

  take(): MachineHealth {
    const stat = this.#source.procStat();
    const now = cpuTimes(stat);
    const more = this.#more(stat);
    const before = this.#before;
    this.#before = now;
    const memoryBytes = this.#source.memoryBytes();
    const total = now && before ? now.total - before.total : 0;
    if (!now || !before || total <= 0) return { cpu: 0, steal: 0, memoryBytes, ...more };
    const steal = (now.steal - before.steal) / total;
    return { cpu: 1 - (now.idle - before.idle) / total - steal, steal, memoryBytes, ...more };
  }

  /** What not every system says. */
  #more(stat: string | undefined): Pick<MachineHealth, "ownCpu" | "pressure" | "runnable"> {
    const [pressure, cpu] = [this.#pressure(), this.#ownCpu()];
    const waited = share(this.#pressureBefore, pressure);
    const busy = share(this.#cpuBefore, cpu);
    this.#pressureBefore = pressure;
    this.#cpuBefore = cpu;
    const cores = coresOf(stat);
    const runnable = /^procs_running (\d+)$/m.exec(stat ?? "")?.[1];
    return {
      ...(busy !== undefined && cores > 0 && { ownCpu: Math.min(1, busy / cores) }),
      ...(waited !== undefined && { pressure: Math.min(1, waited) }),
      ...(runnable !== undefined && { runnable: Number(runnable) }),
    };
  }
}

/** What has added up by a moment; undefined where the system does not say. */
interface Reading {
  readonly value: number | undefined;
  readonly atMs: number | undefined;
}

/** Of the time between two readings. */
function share(before: Reading, now: Reading): number | undefined {
  if (before.value === undefined || now.value === undefined) return undefined;
  const ms = (now.atMs ?? 0) - (before.atMs ?? 0);
  return ms > 0 ? Math.max(0, now.value - before.value) / ms : undefined;
}

/** How long in all something has waited for a core (Linux, Documentation/accounting/psi.rst); milliseconds. */
export function pressureMs(procPressure: string | undefined): number | undefined {
  const us = /^some .*\btotal=(\d+)/m.exec(procPressure ?? "")?.[1];
  return us === undefined ? undefined : Number(us) / 1000;
}

function coresOf(procStat: string | undefined): number {
  return procStat?.match(/^cpu\d+ /gm)?.length ?? 0;
}

/** First line of `/proc/stat` (proc(5)): user nice system idle iowait irq softirq steal guest guest_nice. */
function cpuTimes(procStat: string | undefined): CpuTimes | undefined {
  const line = procStat?.split("\n", 1)[0];
  if (!line?.startsWith("cpu ")) return undefined;
  const fields = line.trim().split(/\s+/).slice(1).map(Number);
  const [, , , idle = 0, iowait = 0, , , steal = 0] = fields;
  // Guests' time is part of user and nice already.
  const total = fields.slice(0, 8).reduce((sum, value) => sum + value, 0);
  return { total, idle: idle + iowait, steal };
}
