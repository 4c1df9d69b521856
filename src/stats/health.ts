/** How one load-generating thread fared during one block: whether the numbers are the target's or our own. */
export interface ThreadHealth {
  /** `0`, `1`, … or a remote worker's id. */
  readonly thread: string;
  /** Event-loop delay over the block, milliseconds. */
  readonly delayP99Ms: number;
  /** Nine tenths of the loop's turns were no later; absent in older documents. */
  readonly delayP90Ms?: number | undefined;
  readonly delayMaxMs: number;
  /** Share of the block the event loop was busy, 0–1. */
  readonly utilization: number;
  /** CPU time of this thread over the block's length, 0–1 (1 is a whole core). */
  readonly cpu: number;
  /** Iterations that started more than 5 ms after their schedule (open model and pacing). */
  readonly lateStarts: number;
  readonly openSockets: number;
}

/** The machine during one block, as the master sees it. */
export interface MachineHealth {
  /** Busy share of all cores, 0–1. */
  readonly cpu: number;
  /** Share of time taken by other guests of the host, 0–1; 0 where the system does not say. */
  readonly steal: number;
  /** Resident memory of the load-generating process, bytes. */
  readonly memoryBytes: number;
  /** Of all cores, used by the load-generating process, 0–1. This and what follows: where the system says so. */
  readonly ownCpu?: number | undefined;
  /** Share of time in which something waited for a core, 0–1: pressure stall information of Linux. */
  readonly pressure?: number | undefined;
  /** Threads that run or would if there were a core, at the block's end. */
  readonly runnable?: number | undefined;
}

export interface Health {
  readonly threads: readonly ThreadHealth[];
  readonly machine?: MachineHealth | undefined;
}

export const noHealth: Health = { threads: [] };

/** Adds what two nodes say of the same block; the order of arrival does not matter. */
export function addHealth(a: Health, b: Health): Health {
  const threads = [...a.threads, ...b.threads].sort((x, y) => (x.thread < y.thread ? -1 : x.thread > y.thread ? 1 : 0));
  return { threads, machine: a.machine ?? b.machine };
}
