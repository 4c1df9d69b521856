import type { FailureWire } from "./failure-wire.ts";
import type { SnapshotWire } from "./snapshot-wire.ts";

/**
 * What master and workers say to each other: Locust's messages (docs/locust-semantics.md#messages) in Locust's words,
 * so that a Python Locust can be either side. What Locust does not know travels in fields of its own (`indexes`,
 * `snapshots`, `started_at`), which it ignores. Plain data throughout: a message crosses a thread's port as a
 * structured clone and a socket as msgpack.
 */

/** Users by class name. */
export type UserCounts = Readonly<Record<string, number>>;

/** The indexes of a worker's users by class, in the order they were spawned; the last ones are stopped first. */
type UserIndexes = Readonly<Record<string, readonly number[]>>;

/** The absolute number of users a worker is to run from now on. */
export interface SpawnData {
  /** Seconds; a spawn message not newer than the last one is dropped. */
  readonly timestamp: number;
  readonly user_classes_count: UserCounts;
  readonly host: string | null;
  /** Seconds. */
  readonly stop_timeout: number;
  readonly parsed_options: Readonly<Record<string, unknown>>;
  /** Ours. The start signal on the master's clock, milliseconds since the epoch: blocks are numbered from it. */
  readonly started_at?: number;
  readonly indexes?: UserIndexes;
}

/** Exceptions of one kind since the last message; Locust sends one message each, we count. */
export interface ExceptionData {
  readonly msg: string;
  readonly traceback: string;
  /** Ours, from here on. */
  readonly task?: string;
  readonly count?: number;
  readonly first_ms?: number;
  readonly last_ms?: number;
}

/** What happened to users since the last message. */
export interface TroubleData {
  readonly dead_in_on_start: number;
  readonly killed: number;
  readonly retired_pairs: number;
  readonly late_starts: number;
  readonly throttled: number;
  readonly missing_awaits: readonly { readonly task: string; readonly place: string | null; readonly count: number }[];
  readonly forbidden_hosts: readonly { readonly host: string; readonly count: number }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

export interface StatsData {
  readonly user_classes_count: UserCounts;
  readonly user_count: number;
  /** Ours: parts of blocks that closed since the last message. */
  readonly snapshots: readonly SnapshotWire[];
  readonly trouble?: TroubleData;
  /** What listeners of `reportToMaster` added. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Worker to master. */
export type WorkerMessage =
  | Message<"client_ready", string | -1>
  | Message<"heartbeat", { state: string; current_cpu_usage: number; current_memory_usage: number }>
  | Message<"stats", StatsData>
  | Message<"spawning", null>
  | Message<"spawning_complete", { user_classes_count: UserCounts; user_count: number }>
  | Message<"client_stopped", null>
  | Message<"quit", null>
  | Message<"exception", ExceptionData>
  /** Ours: a locustfile in this worker ended the test (`runner.quit()`, StopTest); `budget` when `-n` is used up. */
  | Message<"end_test", { reason: "quit" | "stop" | "budget" }>
  /** Ours, open model: iterations are due and every user is busy. */
  | Message<"more_users", { count: number }>
  /** Ours: what a locustfile set as `environment.processExitCode`. */
  | Message<"exit_code", number | null>
  /** Ours: the worker cannot go on; the run ends. */
  | Message<"failed", FailureWire>
  | Message<"custom", CustomData>;

/** Master to worker. */
export type MasterMessage =
  | Message<"ack", { index: number }>
  | Message<"spawn", SpawnData>
  | Message<"spawning_complete", { user_count: number }>
  | Message<"heartbeat", null>
  | Message<"stop", { stop_timeout?: number } | null>
  | Message<"quit", null>
  | Message<"custom", CustomData>;

/** A locustfile's own message (`runner.sendMessage`); Locust puts the type in `type`, we carry it inside. */
export interface CustomData {
  readonly type: string;
  readonly data: unknown;
}

export interface Message<T extends string, D> {
  readonly type: T;
  readonly data: D;
  readonly node_id: string;
}

/** A message without its sender. */
export type Bare<M> = M extends { readonly node_id: string } ? Omit<M, "node_id"> : never;
