import type { Clock } from "../../base/clock.ts";
import { GateError, messageOf, traceOf } from "../../base/errors.ts";
import { Redactor } from "../../base/redact.ts";
import { within } from "../../base/within.ts";
import type { Runner } from "../../user/events/environment.ts";
import { events } from "../../user/events/events.ts";
import { usesCommonOptions } from "../../user/shapes/shape.ts";
import { eventHooks, listenerLimit } from "../locustfile/event-hooks.ts";
import { LiveStats } from "../locustfile/live-stats.ts";
import { factsOf, type OpenLocustfile, openLocustfile, plansOf } from "../locustfile/open-locustfile.ts";
import { type LoadOutline, outlineOf } from "../locustfile/outline.ts";
import { MessageRegistry, RunEnvironment } from "../locustfile/run-environment.ts";
import type { ClassShare } from "../plan/distribution.ts";
import type { LoadPlan } from "../plan/load-plan.ts";
import type { ShapeTick } from "./conductor.ts";
import type { MasterRunner } from "./master.ts";
import type { MasterHooks } from "./options.ts";

/** The locustfile's side of the master: its listeners, its shape, the weights of its classes. */
export interface OpenedMaster {
  readonly classes: readonly ClassShare[];
  /** Null where it cannot be known before the run. */
  readonly outline: LoadOutline | null;
  readonly hooks: MasterHooks;
  readonly shape: { readonly name: string; tick(): Promise<ShapeTick> } | undefined;
  /** To be told of the master before it runs. */
  lead(master: MasterRunner): void;
}

/** Loads the locustfile on the master, as every thread does too. Throws GateError for what is wrong with it. */
export async function openMaster(plan: LoadPlan, { clock }: { clock: Clock }): Promise<OpenedMaster> {
  const file = await openLocustfile(plan);
  const stats = new LiveStats();
  const messages = new MessageRegistry();
  const lead = leader(new Redactor(plan.secrets));
  const runner = masterRunnerOf({ plan, messages, lead });
  const userClasses = [...file.userClasses.values()];
  const environment = new RunEnvironment({ plan, events, runner, stats, userClasses });
  const failed = (event: string, error: unknown) => lead.failed(event, { error, atMs: clock.now() });
  events.failures.onFailure(({ event, error }) => failed(event, error));
  process.on("unhandledRejection", (error) => failed("a promise without await", error));
  const plans = plansOf(file, { plan, environment });
  const classes = factsOf(file, { plan, environment });
  const outline = outlineOf(file, { plan, plans, facts: classes, environment });
  const shape = shapeOf(file, { clock, environment, threw: (error) => failed("shape.tick", error) });
  if (shape && !shape.common && plan.runTimeMs !== null) {
    lead.warn(
      "shape-decides",
      `${shape.name} decides how many users run and how long: users, spawn rate, run time are not used`,
    );
  }
  const fired = eventHooks(environment);
  const hooks: MasterHooks = {
    ...fired,
    async testStart() {
      await fired.testStart();
      shape?.attach();
    },
    async quitting() {
      await events.quitting.fireWithin({ environment }, listenerLimit);
      lead.exitCode(environment.processExitCode);
      await events.quit.fireWithin({ exitCode: environment.processExitCode ?? 0 }, listenerLimit);
    },
    workerConnect: (clientId) => void events.workerConnect.fire({ clientId }),
    workerReport(clientId, { extra, ...report }) {
      if (events.workerReport.listeners.length === 0) return;
      void events.workerReport.fire({ clientId, data: { ...report, ...extra } });
    },
    heartbeat(clientId) {
      if (events.heartbeatReceived.listeners.length === 0) return;
      void events.heartbeatReceived.fire({ clientId, timestamp: clock.now() / 1000 });
    },
    custom({ type, data, nodeId }) {
      void messages.deliver({ type, data, nodeId }, { failed: (error) => failed(`message ${type}`, error) });
    },
    snapshot: (snapshot) => stats.add(snapshot),
    resetStats: () => stats.reset(),
  };
  await events.init.fireWithin({ environment, runner, webUi: undefined }, listenerLimit);
  return { classes, outline, hooks, shape, lead: (master) => lead.follow(master) };
}

/** A shape is asked once a second. */
const tickLimitMs = 30_000;

function stuckTick(name: string): GateError {
  return new GateError("listener-stuck", `tick() of ${name} has not settled after ${tickLimitMs / 1000} s`, {
    hint: "Give what it waits for a limit of its own.",
  });
}

/** Holds the master once it is there, and what was to be told to it before. */
function leader(redactor: Redactor) {
  let master: MasterRunner | undefined;
  const waiting: ((master: MasterRunner) => void)[] = [];
  const withMaster = (what: (master: MasterRunner) => void) => (master ? what(master) : void waiting.push(what));
  return {
    get master() {
      return master;
    },
    follow(leading: MasterRunner) {
      master = leading;
      for (const what of waiting.splice(0)) what(leading);
    },
    failed(event: string, { error, atMs }: { error: unknown; atMs: number }) {
      const msg = messageOf(error);
      const traceback = traceOf(error);
      const data = { msg: redactor.clean(msg), traceback: redactor.clean(traceback), task: `events.${event}` };
      withMaster(({ log }) => log.exception(data, { atMs }));
    },
    warn: (code: string, message: string) => withMaster(({ log }) => log.warn(code, message)),
    exitCode: (code: number | null) => withMaster(({ log }) => log.exitCode(code, { own: true })),
    withMaster,
  };
}

function masterRunnerOf(options: {
  plan: LoadPlan;
  messages: MessageRegistry;
  lead: ReturnType<typeof leader>;
}): Runner {
  const { plan, messages, lead } = options;
  const end = () => void lead.withMaster((master) => master.end());
  return {
    role: "master",
    get state() {
      return lead.master?.state ?? "ready";
    },
    get userCount() {
      return lead.master?.userCount ?? 0;
    },
    get targetUserCount() {
      return lead.master?.targetUserCount ?? 0;
    },
    workerIndex: -1,
    get workerCount() {
      return lead.master?.workerCount ?? plan.threads;
    },
    clientId: "master",
    quit: end,
    stop: end,
    sendMessage: (type, data, clientId) =>
      void lead.withMaster((master) => master.sendCustom({ type, data }, clientId)),
    registerMessage: (type, listener) => messages.register(type, listener),
  };
}

/** The shape of the locustfile. One that throws ends the test: what the load is to be is not known any more. */
function shapeOf(
  { shapeClass }: OpenLocustfile,
  options: { clock: Clock; environment: RunEnvironment; threw: (error: unknown) => void },
) {
  const { clock, environment, threw } = options;
  if (!shapeClass) return undefined;
  const shape = new shapeClass();
  return {
    name: shapeClass.name,
    common: usesCommonOptions(shape),
    attach: () => shape.attach({ clock, environment }),
    async tick(): Promise<ShapeTick> {
      try {
        const wish = await within(Promise.resolve(shape.tick()), {
          ms: tickLimitMs,
          late: () => stuckTick(shapeClass.name),
        });
        if (!wish) return null;
        const [users, spawnRate, classes] = wish;
        return { users, spawnRate, userClasses: classes?.map(({ name }) => name) };
      } catch (error) {
        threw(error);
        return null;
      }
    },
  };
}
