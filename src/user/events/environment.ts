import type { EventHook, ListenerFailures } from "./event-hook.ts";
import type { RequestHook } from "./request-hook.ts";

/**
 * Where a runner is in its life; Locust's words.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 * import type { RunnerState } from "swarmgate";
 *
 * const over: RunnerState[] = ["stopping", "stopped", "cleanup"];
 * events.testStop.addListener(({ environment }) => console.log(over.includes(environment.runner.state)));
 * ```
 */
export type RunnerState = "ready" | "spawning" | "running" | "cleanup" | "stopping" | "stopped" | "missing";

/**
 * One row of the live statistics as a locustfile sees it. Milliseconds, ratios 0–1, per second; all 0 before a request.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.quitting.addListener(({ environment }) => {
 *   if (environment.stats.total.getResponseTimePercentile(0.95) > 300) environment.processExitCode = 1;
 * });
 * ```
 */
export interface StatsView {
  /** Requests, failed ones too. */
  readonly numRequests: number;
  /** Failed requests. */
  readonly numFailures: number;
  /** Failed requests divided by all, 0 to 1. */
  readonly failRatio: number;
  /** Mean of the response times, milliseconds. */
  readonly avgResponseTime: number;
  /** The shortest response time, milliseconds. */
  readonly minResponseTime: number;
  /** The longest response time, milliseconds. */
  readonly maxResponseTime: number;
  /** Median of the response times, milliseconds. */
  readonly medianResponseTime: number;
  /** Requests per second since the start of the test. */
  readonly totalRps: number;
  /** @param ratio 0 to 1: `getResponseTimePercentile(0.95)` */
  getResponseTimePercentile(ratio: number): number;
}

/**
 * `environment.stats`: on the master the whole swarm's, in a thread that thread's.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.testStop.addListener(({ environment }) => {
 *   console.log(environment.stats.total.numRequests, environment.stats.get("/", "GET").avgResponseTime);
 * });
 * ```
 */
export interface Stats {
  /** All endpoints together. */
  readonly total: StatsView;
  /** The row of one endpoint; all zeros if it saw nothing. */
  get(name: string, method: string): StatsView;
}

/**
 * What is called with a message of the locustfile's own. What it throws is logged.
 * @example
 * ```ts
 * import { events, type MessageListener } from "swarmgate";
 *
 * const greet: MessageListener = ({ data, nodeId }) => console.log(nodeId, data);
 * events.init.addListener(({ runner }) => runner.registerMessage("hello", greet));
 * ```
 */
export type MessageListener = (message: { type: string; data: unknown; nodeId: string }) => void | Promise<void>;

/**
 * `environment.runner`: who runs the users here.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.spawningComplete.addListener(({ userCount }) => console.log(userCount));
 * events.testStart.addListener(({ environment: { runner } }) => {
 *   if (runner.role === "master") runner.sendMessage("hello", { from: "master" });
 * });
 * ```
 */
export interface Runner {
  /** `master` plans, `worker` is one thread (or machine) that runs users, `single` is `runSingleUser`. */
  readonly role: "master" | "worker" | "single";
  /** Where it is in its life. */
  readonly state: RunnerState;
  /** Users running now, in this thread or (on the master) in all. */
  readonly userCount: number;
  /** Users asked for. */
  readonly targetUserCount: number;
  /** Number of this worker from 0; −1 on the master. */
  readonly workerIndex: number;
  /** How many workers there are. */
  readonly workerCount: number;
  /** This worker's name in messages. */
  readonly clientId: string;
  /** Ends the test; the run's results are judged and reported as usual. */
  quit(): void;
  /** Stops all users; as `quit` where nothing could start them again. */
  stop(): void;
  /** Sends a message of the locustfile's own: from a worker to the master, from the master to one worker or all. */
  sendMessage(type: string, data?: unknown, clientId?: string): void;
  /** Calls `listener` with every message of that type. */
  registerMessage(type: string, listener: MessageListener): void;
}

/**
 * What every event and every user can reach; Locust's `Environment`.
 * @example
 * ```ts
 * const { region } = this.environment.parsedOptions;
 * await this.client.get("/", { params: { region: String(region) } });
 * ```
 */
export interface Environment {
  /** The events of this thread. */
  readonly events: Events;
  /** Who runs the users here. */
  readonly runner: Runner;
  /** What was measured so far. */
  readonly stats: Stats;
  /** Base URL given for the whole run; undefined where each class has its own. */
  readonly host: string | undefined;
  /** Tags whose tasks alone run; empty for all. */
  readonly tags: readonly string[];
  /** Tags whose tasks do not run. */
  readonly excludeTags: readonly string[];
  /** The options of the command line and the locustfile's own arguments, in camelCase. */
  readonly parsedOptions: Readonly<Record<string, unknown>>;
  /** The user classes of this run. */
  readonly userClasses: readonly unknown[];
  /** Set it to end with this exit code whatever was measured (`run` without a gate). */
  processExitCode: number | null;
}

/**
 * What `initCommandLineParser` hands out: the locustfile's own options. An argument that makes no sense is a GateError
 * `custom-argument`.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.initCommandLineParser.addListener(({ parser }) => {
 *   parser.addArgument("--region", { type: "string", default: "eu", help: "region to load" });
 * });
 * ```
 */
export interface ArgumentParser {
  /** `addArgument("--my-host", { type: "string", default: "…", help: "…" })`; read from `environment.parsedOptions`. */
  addArgument(flag: string, options?: Readonly<Record<string, unknown>>): void;
  addArgument(flag: string, alias: string, options?: Readonly<Record<string, unknown>>): void;
}

interface EnvironmentArgs {
  readonly environment: Environment;
}

interface WorkerArgs {
  readonly clientId: string;
}

/**
 * Every event of a run, by Locust's names; each fires once on the master and once in every thread unless said.
 * Listeners get one object; one that throws is logged, and the others are called all the same.
 * @example
 * ```ts
 * import { events } from "swarmgate";
 *
 * events.testStart.addListener(({ environment }) => console.log(environment.host));
 * events.request.addListener(({ name, responseTime }) => console.log(name, responseTime));
 * ```
 */
export interface Events {
  /** Where listeners that throw are told and counted. */
  readonly failures: ListenerFailures;
  /** The locustfile may add arguments of its own. */
  readonly initCommandLineParser: EventHook<{ readonly parser: ArgumentParser }>;
  /** Once, before anything is loaded. */
  readonly init: EventHook<EnvironmentArgs & { readonly runner: Runner; readonly webUi: unknown }>;
  /** Before the first user of a test starts. */
  readonly testStart: EventHook<EnvironmentArgs>;
  /** All users asked for are running. */
  readonly spawningComplete: EventHook<{ readonly userCount: number }>;
  /** Every request. Listeners are not waited for. */
  readonly request: RequestHook;
  /** A task threw; in the thread that ran it. `tb` is the stack. */
  readonly userError: EventHook<{ readonly userInstance: unknown; readonly exception: unknown; readonly tb: string }>;
  /** The statistics begin anew. */
  readonly resetStats: EventHook<Readonly<Record<string, never>>>;
  /** Before the users are stopped. */
  readonly testStopping: EventHook<EnvironmentArgs>;
  /** After the users stopped. */
  readonly testStop: EventHook<EnvironmentArgs>;
  /** The process is about to end: listeners added last are called first. The place to set `processExitCode`. */
  readonly quitting: EventHook<EnvironmentArgs>;
  /** Last of all. */
  readonly quit: EventHook<{ readonly exitCode: number }>;
  /** In a thread before each report; what is put into `data` travels with it. */
  readonly reportToMaster: EventHook<WorkerArgs & { readonly data: Record<string, unknown> }>;
  /** On the master for each report. */
  readonly workerReport: EventHook<WorkerArgs & { readonly data: Record<string, unknown> }>;
  /** On the master: a worker is ready. */
  readonly workerConnect: EventHook<WorkerArgs>;
  /** `timestamp` in seconds since the epoch. */
  readonly heartbeatSent: EventHook<WorkerArgs & { readonly timestamp: number }>;
  /** `timestamp` in seconds since the epoch. */
  readonly heartbeatReceived: EventHook<WorkerArgs & { readonly timestamp: number }>;
  /** `cpuUsage` in percent of one core. */
  readonly cpuWarning: EventHook<EnvironmentArgs & { readonly cpuUsage: number }>;
  /** `memoryUsage` in bytes. */
  readonly usageMonitor: EventHook<EnvironmentArgs & { readonly cpuUsage: number; readonly memoryUsage: number }>;
}
