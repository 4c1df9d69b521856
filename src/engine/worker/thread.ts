import { workerData } from "node:worker_threads";
import type { Snapshot } from "../../stats/snapshot.ts";
import type { Runner } from "../../user/events/environment.ts";
import { events } from "../../user/events/events.ts";
import { controlKindOf } from "../../user/exceptions.ts";
import { eventHooks, listenerLimit } from "../locustfile/event-hooks.ts";
import { LiveStats } from "../locustfile/live-stats.ts";
import { factsOf, openLocustfile, plansOf } from "../locustfile/open-locustfile.ts";
import { MessageRegistry, RunEnvironment } from "../locustfile/run-environment.ts";
import { watchWithheld } from "../locustfile/withheld-variables.ts";
import type { MasterLink } from "../node/node.ts";
import type { ThreadPreparation } from "../node/thread-node.ts";
import type { WorkerHooks } from "./options.ts";
import { type ServedThread, serveThread, type ThreadParts, type ThreadUsers } from "./serve-thread.ts";
import { UsageWatch } from "./usage-watch.ts";
import { UserStarter } from "./user-starter.ts";

// The locustfile will import it; while that is compiled there is time to load it.
const prepared = workerData as ThreadPreparation | null;
if (prepared?.engineUrl !== undefined) void import(prepared.engineUrl);

/** What a load-generating thread runs, from its start to its end. */
export function runThread(start: ServedThread, link?: MasterLink): Promise<void> {
  return serveThread(start, makeSide, link);
}

/** Loads the locustfile and puts its users and listeners where the worker finds them. */
async function makeSide(parts: ThreadParts): Promise<ThreadUsers> {
  const { start, trouble, clock } = parts;
  watchWithheld(start.plan.withheld ?? [], {
    host: process,
    root: start.plan.compiled.root,
    warn: (text) => trouble.warn("env-withheld", text),
  });
  const file = await openLocustfile(start.plan);
  const stats = new LiveStats();
  const messages = new MessageRegistry();
  const runner = runnerOf(parts, messages);
  const environment = new RunEnvironment({
    plan: start.plan,
    events,
    runner,
    stats,
    userClasses: [...file.userClasses.values()],
    exitCodeSet: (code) => parts.runner().send({ type: "exit_code", data: code }),
  });
  const failed = (event: string, error: unknown) =>
    trouble.exception(error, { task: `events.${event}`, atMs: clock.now() });
  events.failures.onFailure(({ event, error }) => failed(event, error));
  // A promise nobody awaits may reject when its user is long gone; it must not take the thread's other users along.
  process.on("unhandledRejection", (error) => {
    if (controlKindOf(error) === undefined)
      trouble.exception(error, { task: "a promise without await", atMs: clock.now() });
  });
  const plans = plansOf(file, { plan: start.plan, environment });
  for (const userClass of file.userClasses.values()) {
    for (const text of plans.warningsOf(userClass)) trouble.warn("locustfile", text);
  }
  const facts = factsOf(file, { plan: start.plan, environment });
  const starter = new UserStarter({ parts, file, facts, plans, environment });
  const usage = new UsageWatch({ environment, memoryBytes: () => process.memoryUsage.rss() });
  let initialised = false;
  const hooks: WorkerHooks = {
    ...eventHooks(environment),
    async quitting() {
      await events.quitting.fireWithin({ environment }, listenerLimit);
      await events.quit.fireWithin({ exitCode: environment.processExitCode ?? 0 }, listenerLimit);
      await Promise.all([printed(process.stdout), printed(process.stderr)]);
    },
    custom: ({ type, data }) =>
      messages.deliver({ type, data, nodeId: "master" }, { failed: (error) => failed(`message ${type}`, error) }),
    closed(parts: readonly Snapshot[]) {
      for (const part of parts) {
        stats.add(part);
        usage.add(part.health);
      }
      return extrasFor(start.id, failed);
    },
    heartbeat() {
      const timestamp = clock.now() / 1000;
      if (events.heartbeatSent.listeners.length > 0) void events.heartbeatSent.fire({ clientId: start.id, timestamp });
    },
    async ready() {
      if (initialised) return;
      initialised = true;
      await events.init.fireWithin({ environment, runner, webUi: undefined }, listenerLimit);
    },
  };
  return {
    hooks,
    hasClass: (className) => file.userClasses.has(className),
    startUser(order, run) {
      events.request.install({ record: (sample, user) => run.recorder.record(sample, user), now: () => clock.now() });
      return starter.start(order, run);
    },
    afterBlock: (nowMs) => starter.afterBlock(nowMs),
    inFlight: (visit) => starter.eachInFlight(visit),
  };
}

/** Resolves once the main thread has all that was printed here: what is still on its way is lost when a thread ends. */
function printed(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

/** What listeners of `reportToMaster` put into the report. They are called at once: the report leaves now. */
function extrasFor(
  clientId: string,
  failed: (event: string, error: unknown) => void,
): Record<string, unknown> | undefined {
  const { listeners } = events.reportToMaster;
  if (listeners.length === 0) return undefined;
  const data: Record<string, unknown> = {};
  for (const listener of listeners) {
    try {
      Promise.resolve(listener({ clientId, data })).catch((error) => failed("reportToMaster", error));
    } catch (error) {
      failed("reportToMaster", error);
    }
  }
  return data;
}

function runnerOf({ start, runner }: ThreadParts, messages: MessageRegistry): Runner {
  const end = () => runner().send({ type: "end_test", data: { reason: "quit" } });
  return {
    role: "worker",
    get state() {
      return runner().state;
    },
    get userCount() {
      return runner().userCount;
    },
    get targetUserCount() {
      return runner().targetUserCount;
    },
    workerIndex: start.thread,
    workerCount: start.threads,
    clientId: start.id,
    quit: end,
    stop: end,
    sendMessage: (type, data) => runner().send({ type: "custom", data: { type, data } }),
    registerMessage: (type, listener) => messages.register(type, listener),
  };
}
