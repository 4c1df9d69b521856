import type { FaultStage } from "./stage.ts";

/** How a process ended, and all that it left where people look. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it printed, and the job summary. */
  readonly text: string;
  /** What it printed: where the runner looks for commands. */
  readonly printed: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly durationMs: number;
  /** Where it ran. */
  readonly directory: string;
  /** `RUNNER_TEMP`; the working directory of the command line. */
  readonly temporary: string;
}

/** One thing that goes wrong, and what must come of it. */
export interface FaultCase {
  /** A sentence about behaviour. */
  readonly name: string;
  readonly run: (stage: FaultStage) => Promise<Ended>;
  /** The exit code it must have, or one of several; `killed` where the case itself kills it. */
  readonly exit: number | readonly number[] | "killed";
  /** Words that must be there. */
  readonly says?: readonly RegExp[];
  /** Words that must not be printed; `neverSaid` in no case. */
  readonly never?: readonly RegExp[];
  /** Seconds it may take on a busy machine. */
  readonly withinS: number;
  /** What else must hold: gives what does not, or null. */
  readonly check?: (ended: Ended, stage: FaultStage) => string | null | Promise<string | null>;
}

/** Cases of one kind. */
export interface FaultFamily {
  readonly name: string;
  readonly cases: readonly FaultCase[];
}

/** Words of a fault of ours, and stacks of ours: nothing that others do may have them printed. */
export const neverSaid: readonly RegExp[] = [
  /our fault/,
  /\n\s+at .*dist\/(?:chunk-|main|cli|swarm|thread)/,
  /Unhandled|unhandled rejection/,
];
