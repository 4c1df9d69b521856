import * as hooks from "node:perf_hooks";
import { threadCpuUsage } from "node:process";
import { sinceOriginMs } from "../../base/own-time.ts";
import type { ThreadHealth } from "../../stats/health.ts";

// As they were before a locustfile was loaded.
const { monitorEventLoopDelay } = hooks;
const eventLoopUtilization = hooks.performance.eventLoopUtilization.bind(hooks.performance);

/**
 * How often the event loop's delay is sampled; the timer's own interval is part of what it measures. At 1 ms a block
 * has some 400 samples, so that its p99 takes several stalls; at 5 ms one hiccup of a busy host was p99 already.
 */
const samplingMs = 1;

/** Watches the thread it is made in; each `take` tells of the time since the last one. */
export class ThreadWatch {
  readonly #thread: string;
  readonly #delay = monitorEventLoopDelay({ resolution: samplingMs });
  #utilization = eventLoopUtilization();
  #cpu = threadCpuUsage();
  #takenMs = sinceOriginMs();

  constructor(thread: string) {
    this.#thread = thread;
    this.#delay.enable();
  }

  take(counts: { lateStarts: number; openSockets: number }): ThreadHealth {
    const nowMs = sinceOriginMs();
    const utilization = eventLoopUtilization();
    const cpu = threadCpuUsage();
    const busyUs = cpu.user + cpu.system - this.#cpu.user - this.#cpu.system;
    const health: ThreadHealth = {
      thread: this.#thread,
      delayP99Ms: beyondSampling(this.#delay.percentile(99)),
      delayP90Ms: beyondSampling(this.#delay.percentile(90)),
      delayMaxMs: beyondSampling(this.#delay.max),
      utilization: eventLoopUtilization(utilization, this.#utilization).utilization,
      cpu: Math.min(1, busyUs / 1000 / Math.max(1, nowMs - this.#takenMs)),
      lateStarts: counts.lateStarts,
      openSockets: counts.openSockets,
    };
    this.#delay.reset();
    this.#utilization = utilization;
    this.#cpu = cpu;
    this.#takenMs = nowMs;
    return health;
  }

  stop(): void {
    this.#delay.disable();
  }
}

function beyondSampling(nanoseconds: number): number {
  const ms = nanoseconds / 1e6 - samplingMs;
  // The histogram's minimum stands in while it is empty, and a loop blocked throughout samples nothing at all.
  return Number.isFinite(ms) && ms > 0 && ms < 3_600_000 ? ms : 0;
}
