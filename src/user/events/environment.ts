import type { EventHook, ListenerFailures } from "./event-hook.ts";
import type { RequestHook } from "./request-hook.ts";

/** Where a runner is in its life; Locust's words. */
export type RunnerState = "ready" | "spawning" | "running" | "cleanup" | "stopping" | "stopped" | "missing";

/** One row of the live statistics as a locustfile sees it. Milliseconds, ratios 0–1, per second. */
export interface StatsView {
  readonly numRequests: number;
  readonly numFailures: number;
  readonly failRatio: number;
  readonly avgResponseTime: number;
  readonly minResponseTime: number;
  readonly maxResponseTime: number;
  readonly medianResponseTime: number;
  readonly totalRps: number;
  /** @param ratio 0 to 1: `getResponseTimePercentile(0.95)` */
  getResponseTimePercentile(ratio: number): number;
}

/** `environment.stats`: on the master the whole swarm's, in a thread that thread's. */
export interface Stats {
  readonly total: StatsView;
  /** The row of one endpoint; all zeros if it saw nothing. */
  get(name: string, method: string): StatsView;
}

export type MessageListener = (message: { type: string; data: unknown; nodeId: string }) => void | Promise<void>;

/** `environment.runner`: who runs the users here. */
export interface Runner {
  /** `master` plans, `worker` is one thread (or machine) that runs users, `single` is `runSingleUser`. */
  readonly role: "master" | "worker" | "single";
  readonly state: RunnerState;
  /** Users running now, in this thread or (on the master) in all. */
  readonly userCount: number;
  readonly targetUserCount: number;
  /** Number of this worker from 0; −1 on the master. */
  readonly workerIndex: number;
  readonly workerCount: number;
  readonly clientId: string;
  /** Ends the test; the run's results are judged and reported as usual. */
  quit(): void;
  /** Stops all users; as `quit` where nothing could start them again. */
  stop(): void;
  /** Sends a message of the locustfile's own: from a worker to the master, from the master to one worker or all. */
  sendMessage(type: string, data?: unknown, clientId?: string): void;
  registerMessage(type: string, listener: MessageListener): void;
}

/** What every event and every user can reach; Locust's `Environment`. */
export interface Environment {
  readonly events: Events;
  readonly runner: Runner;
  readonly stats: Stats;
  /** Base URL given for the whole run; undefined where each class has its own. */
  readonly host: string | undefined;
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
  /** The options of the command line and the locustfile's own arguments, in camelCase. */
  readonly parsedOptions: Readonly<Record<string, unknown>>;
  readonly userClasses: readonly unknown[];
  /** Set it to end with this exit code whatever was measured (`run` without a gate). */
  processExitCode: number | null;
}

/** What `initCommandLineParser` hands out: the locustfile's own options. */
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

/** Every event of a run, by Locust's names; each fires once on the master and once in every thread unless said. */
export interface Events {
  /** Where listeners that throw are told and counted. */
  readonly failures: ListenerFailures;
  readonly initCommandLineParser: EventHook<{ readonly parser: ArgumentParser }>;
  readonly init: EventHook<EnvironmentArgs & { readonly runner: Runner; readonly webUi: unknown }>;
  /** Before the first user of a test starts. */
  readonly testStart: EventHook<EnvironmentArgs>;
  /** All users asked for are running. */
  readonly spawningComplete: EventHook<{ readonly userCount: number }>;
  /** Every request. Listeners are not waited for. */
  readonly request: RequestHook;
  /** A task threw; in the thread that ran it. `tb` is the stack. */
  readonly userError: EventHook<{ readonly userInstance: unknown; readonly exception: unknown; readonly tb: string }>;
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
  readonly workerConnect: EventHook<WorkerArgs>;
  /** `timestamp` in seconds since the epoch. */
  readonly heartbeatSent: EventHook<WorkerArgs & { readonly timestamp: number }>;
  readonly heartbeatReceived: EventHook<WorkerArgs & { readonly timestamp: number }>;
  /** `cpuUsage` in percent of one core. */
  readonly cpuWarning: EventHook<EnvironmentArgs & { readonly cpuUsage: number }>;
  /** `memoryUsage` in bytes. */
  readonly usageMonitor: EventHook<EnvironmentArgs & { readonly cpuUsage: number; readonly memoryUsage: number }>;
}
