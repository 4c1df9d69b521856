import type { Events } from "./events.ts";

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
