import type { Events } from "./environment.ts";
import { EventHook, ListenerFailures } from "./event-hook.ts";
import { RequestHook } from "./request-hook.ts";

export type { Events } from "./environment.ts";
export { EventHook, type Listener } from "./event-hook.ts";

function hook<A>(name: keyof Events, options: { failures: ListenerFailures; reverse?: boolean }): EventHook<A> {
  return new EventHook<A>({ name, ...options });
}

/** A fresh set of events, with the place where their failing listeners are told. */
export function createEvents(): Events {
  const failures = new ListenerFailures();
  const of = { failures };
  return {
    failures,
    initCommandLineParser: hook("initCommandLineParser", of),
    init: hook("init", of),
    testStart: hook("testStart", of),
    spawningComplete: hook("spawningComplete", of),
    request: new RequestHook({ name: "request", failures }),
    userError: hook("userError", of),
    resetStats: hook("resetStats", of),
    testStopping: hook("testStopping", of),
    testStop: hook("testStop", of),
    quitting: hook("quitting", { failures, reverse: true }),
    quit: hook("quit", of),
    reportToMaster: hook("reportToMaster", of),
    workerReport: hook("workerReport", of),
    workerConnect: hook("workerConnect", of),
    heartbeatSent: hook("heartbeatSent", of),
    heartbeatReceived: hook("heartbeatReceived", of),
    cpuWarning: hook("cpuWarning", of),
    usageMonitor: hook("usageMonitor", of),
  };
}

/**
 * The events of this thread; `environment.events` is the same object.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.quitting.addListener(({ environment }) => {
 *   if (environment.stats.total.failRatio > 0.01) environment.processExitCode = 7;
 * });
 * ```
 */
export const events: Events = createEvents();
