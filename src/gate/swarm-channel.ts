import type { ExitCode, Problem } from "../base/errors.ts";
import type { LoadPlan, Progress } from "../engine/load-plan.ts";

/** What the door tells the process that runs user code, over the child's channel. */
export type ToSwarm =
  | { readonly type: "load"; readonly order: LoadOrder }
  /** End early: users stop within `stopTimeoutMs`, the partial result is written. */
  | { readonly type: "stop"; readonly stopTimeoutMs: number };

/** A LoadPlan before the locustfile was looked at: that happens in the process that may run user code. */
export interface LoadOrder {
  readonly locustfiles: readonly string[];
  readonly directory: string;
  /** Words of the command line that only the locustfile's own arguments can explain. */
  readonly customArguments: readonly string[];
  readonly plan: Omit<LoadPlan, "compiled" | "locustfile" | "locustfileHash" | "engineUrl" | "threadUrl">;
  /** Where `result.json` goes; complete on disk before `done` is said. */
  readonly resultPath: string;
  /** Print and end without load: `--list`, `--show-task-ratio`, `--show-task-ratio-json`. */
  readonly inspect: "list" | "task-ratio" | "task-ratio-json" | null;
}

/** What comes back. */
export type FromSwarm =
  | { readonly type: "ready" }
  | { readonly type: "started" }
  | { readonly type: "progress"; readonly progress: Progress }
  /** `result.json` is on disk. */
  | { readonly type: "done" }
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
