import type { MessagePort } from "node:worker_threads";
import { type Clock, systemClock } from "../../base/clock.ts";
import { quarterOfMemory } from "../../base/memory.ts";
import { Redactor } from "../../base/redact.ts";

import { type Destination, guardSockets } from "../../base/socket-guard.ts";

import { bodyBudget } from "../../http/answer/body-budget.ts";

import { openSockets } from "../../http/client/http-runtime.ts";
import { failureToWire } from "../../protocol/failure-wire.ts";
import type { MasterMessage } from "../../protocol/messages.ts";
import type { InFlightSource } from "../../stats/in-flight.ts";
import type { Recorder } from "../../stats/recorder.ts";
import { AllowedHosts } from "../limits/allowed-hosts.ts";
import { RateCap } from "../limits/rate-cap.ts";
import { RequestBudget } from "../limits/request-budget.ts";
import { ThreadGuard } from "../limits/traffic-guard.ts";
import type { MasterLink } from "../node/node.ts";
import type { ThreadStart } from "../node/thread-node.ts";
import type { WorkerHooks } from "./options.ts";
import { StallWatch } from "./stall-watch.ts";
import { ThreadWatch } from "./thread-health.ts";
import { TroubleLog } from "./trouble-log.ts";
import type { RunningUser, UserOrder } from "./user-pool.ts";
import { WorkerRunner } from "./worker.ts";

/** A thread to serve; without a port where its master is reached another way. */
export type ServedThread = Omit<ThreadStart, "port"> & Partial<Pick<ThreadStart, "port">>;

/** What a thread has before it knows its users. */
export interface ThreadParts {
  readonly start: ServedThread;
  readonly clock: Clock;
  readonly guard: ThreadGuard;
  readonly trouble: TroubleLog;
  /** The runner, once the side that was asked for is there. */
  readonly runner: () => WorkerRunner;
}

/** The locustfile's side of a thread: its users and its listeners. */
export interface ThreadUsers {
  readonly hooks: WorkerHooks;
  hasClass?(className: string): boolean;
  startUser(order: UserOrder, run: { recorder: Recorder; startedAtMs: number }): RunningUser;
  afterBlock?(nowMs: number): void;
  readonly inFlight?: InFlightSource | undefined;
}

/**
 * Runs one load-generating thread from its first message to its last. What goes wrong before the first is told to the
 * master as an error of the run.
 */
export async function serveThread(
  start: ServedThread,
  makeSide: (parts: ThreadParts) => Promise<ThreadUsers>,
  link: MasterLink = portLink(start.port as MessagePort),
): Promise<void> {
  const { plan, id } = start;
  const redactor = new Redactor(plan.secrets);
  const trouble = new TroubleLog(redactor);
  const clock = systemClock;
  const { maxRate } = plan;
  const cap = maxRate === null ? undefined : new RateCap({ clock, perSecond: maxRate, shared: start.places });
  const hosts = new AllowedHosts(plan.allowedHosts);
  guardSockets({
    refused: ({ host }) => trouble.forbiddenHost(host),
    // Databases and brokers are a locustfile's own business; that they are reached is not.
    connects: (to) => {
      const outside = plan.allowedHosts !== null && hosts.forbids(urlOf(to)) !== undefined;
      if (outside)
        trouble.warn(
          "other-host",
          `the locustfile connects to ${to.host}:${to.port}, which is not among the allowed hosts`,
        );
    },
  });
  let exhausted = false;
  const guard = new ThreadGuard({
    hosts,
    cap,
    budget: start.budget && RequestBudget.shared(start.budget),
    exhausted: () => {
      if (!exhausted) runner?.send({ type: "end_test", data: { reason: "budget" } });
      exhausted = true;
    },
  });
  let runner: WorkerRunner | undefined;
  const parts: ThreadParts = {
    start,
    clock,
    guard,
    trouble,
    runner: () => runner ?? fail("the worker is not there yet"),
  };
  let side: ThreadUsers;
  try {
    side = await makeSide(parts);
  } catch (error) {
    link.send({ type: "failed", data: failureToWire(error), node_id: id });
    link.close();
    return;
  }
  bodyBudget.limitBytes = quarterOfMemory() / start.threads;
  const watch = new ThreadWatch(String(start.thread));
  const stallWatch = new StallWatch(clock);
  let throttledBefore = 0;
  runner = new WorkerRunner({
    id,
    version: plan.engine,
    link,
    clock,
    redactor,
    trouble,
    hooks: side.hooks,
    hasClass: (className) => side.hasClass?.(className) ?? true,
    startUser: (order, run) => side.startUser(order, run),
    health: (counts) => watch.take({ ...counts, openSockets: openSockets.open }),
    throttled: () => {
      const all = cap?.throttled ?? 0;
      const since = all - throttledBefore;
      throttledBefore = all;
      return since;
    },
    afterBlock: (nowMs) => side.afterBlock?.(nowMs),
    inFlight: side.inFlight,
    stalls: stallWatch.stalls,
  });
  await runner.begin();
  await runner.quitted;
  watch.stop();
  stallWatch.stop();
}

function urlOf({ host, port }: Destination): URL {
  return new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}`);
}

function fail(message: string): never {
  throw new Error(message);
}

/** The master at the other end of a port. */
function portLink(port: MessagePort): MasterLink {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on("message", (message: MasterMessage) => listener(message)),
    close: () => port.close(),
  };
}
