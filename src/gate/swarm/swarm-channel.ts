import type { ExitCode, Problem } from "../../base/errors.ts";
import type { LoadOutline } from "../../engine/locustfile/outline.ts";
import type { SeparateStart } from "../../engine/node/separate-threads.ts";
import type { LoadPlan, Progress } from "../../engine/plan/load-plan.ts";
import type { MasterMessage, WorkerMessage } from "../../protocol/messages.ts";
import type { FailureGroup } from "../../stats/failures.ts";
import type { UserTrouble } from "../../stats/run-result.ts";
import type { BlockWire } from "./block-wire.ts";

/** What the door tells the process that runs user code, over the child's channel. */
export type ToSwarm =
  | { readonly type: "load"; readonly order: LoadOrder }
  /** Enough was measured: users stop, the result is whole. It says why, where that was no question of enough. */
  | { readonly type: "end"; readonly why?: string }
  /** End early: users stop within `stopTimeoutMs`, the partial result is written. */
  | { readonly type: "stop"; readonly stopTimeoutMs: number }
  /** So many users more, or fewer: the keys of a terminal. */
  | { readonly type: "users"; readonly by: number }
  /** Of the threads that are processes of their own: one said something, or is gone. */
  | { readonly type: "thread-said"; readonly thread: number; readonly message: WorkerMessage }
  | { readonly type: "thread-left"; readonly thread: number; readonly reason: string };

/** A LoadPlan before the locustfile was looked at: that happens in the process that may run user code. */
export interface LoadOrder {
  readonly locustfiles: readonly string[];
  readonly directory: string;
  readonly customArguments: CustomArguments;
  readonly plan: Omit<LoadPlan, "compiled" | "locustfile" | "locustfileHash" | "engineUrl" | "threadUrl">;
  /** Where `result.json` goes; complete on disk before `done` is said, or handed over as `unsaved`. */
  readonly resultPath: string;
  /** The process may start no threads: they are processes that the door starts, and passes messages between. */
  readonly locked: boolean;
  /** This machine's part in a cluster; null for a run of its own. */
  readonly cluster: ClusterOrder | null;
  /** Print and end without load: `--list`, `--show-task-ratio`, `--show-task-ratio-json`, `--help`. */
  readonly inspect: "list" | "task-ratio" | "task-ratio-json" | "arguments" | null;
}

/** A master plans the run and lets workers do it; a worker joins one. */
export type ClusterOrder =
  | {
      readonly role: "master";
      /** Where it listens; `*` is every address, port 0 any free one. */
      readonly bind: { readonly host: string; readonly port: number };
      /** Workers to wait for, and how long, milliseconds; null for ever. */
      readonly expected: number;
      readonly maxWaitMs: number | null;
    }
  | { readonly role: "worker"; readonly at: { readonly host: string; readonly port: number } };

/** What only the locustfile's own arguments can explain. */
export interface CustomArguments {
  /** Of the command line. */
  readonly words: readonly string[];
  /** Of configuration files, the most important first. */
  readonly conf: readonly { readonly key: string; readonly values: readonly string[]; readonly source: string }[];
  /** Options of the program itself, with their dashes: not to be taken, and to be named where a word is unknown. */
  readonly taken: readonly string[];
}

/** What comes back. */
export type FromSwarm =
  | { readonly type: "ready" }
  /** Once a second: the process can still hear. */
  | { readonly type: "alive" }
  | { readonly type: "started" }
  /** What the locustfile lets expect of the load, before it runs. */
  | { readonly type: "outline"; readonly outline: LoadOutline }
  /** Once a block; what users met so far comes without traces. */
  | { readonly type: "progress"; readonly progress: Progress; readonly trouble: UserTrouble }
  /** A line for people: who joined, who is gone. */
  | { readonly type: "note"; readonly text: string }
  /** Of a run that may go on past its run time: what the gate judges by at its looks, and what users met so far. */
  | { readonly type: "blocks"; readonly blocks: readonly BlockWire[]; readonly trouble: UserTrouble | null }
  /** Of a run that a broken promise may end: each block as it was measured. */
  | { readonly type: "measured"; readonly blocks: readonly BlockWire[] }
  /** What failed since the last time; the samples without their bodies. */
  | { readonly type: "failures"; readonly groups: readonly FailureGroup[] }
  /** `result.json` could not be written: its text, and the reason. Comes before `done`. */
  | { readonly type: "unsaved"; readonly text: string; readonly why: string }
  /** The run is over; `result.json` is on disk, unless `unsaved` brought it. */
  | { readonly type: "done" }
  /** For a thread that is a process of its own. */
  | { readonly type: "thread-start"; readonly start: SeparateStart }
  | { readonly type: "thread-send"; readonly thread: number; readonly message: MasterMessage }
  | { readonly type: "inspected"; readonly text: string }
  | { readonly type: "failed"; readonly failure: SwarmFailure };

/** A GateError as plain data. */
export interface SwarmFailure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly place: string | undefined;
  readonly problems: readonly Problem[];
}
