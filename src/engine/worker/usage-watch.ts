import type { Health } from "../../stats/health.ts";
import { blockMs } from "../../stats/snapshot.ts";
import type { Environment } from "../../user/events/environment.ts";

const periodBlocks = 10_000 / blockMs;
/** Percent of a core; what Locust warns at. */
const tooMuch = 90;

/** Fires `usageMonitor` every ten seconds, and `cpuWarning` where the thread was busy nearly all the time. */
export class UsageWatch {
  readonly #environment: Environment;
  readonly #memoryBytes: () => number;
  #blocks = 0;
  #cpu = 0;

  constructor(options: { environment: Environment; memoryBytes: () => number }) {
    this.#environment = options.environment;
    this.#memoryBytes = options.memoryBytes;
  }

  add({ threads }: Health): void {
    const [thread] = threads;
    if (!thread) return;
    this.#cpu += thread.cpu;
    if (++this.#blocks < periodBlocks) return;
    const cpuUsage = (this.#cpu / this.#blocks) * 100;
    this.#blocks = 0;
    this.#cpu = 0;
    const environment = this.#environment;
    const { usageMonitor, cpuWarning } = environment.events;
    void usageMonitor.fire({ environment, cpuUsage, memoryUsage: this.#memoryBytes() });
    if (cpuUsage > tooMuch) void cpuWarning.fire({ environment, cpuUsage });
  }
}
