import type { Clock } from "../base/clock.ts";
import type { Arm } from "../stats/endpoint.ts";
import type { Sample } from "../stats/sample.ts";
import type { ActivityTracker, TrafficGuard } from "./activity.ts";
import type { Environment } from "./events/environment.ts";

export type { Activity, TrafficGuard } from "./activity.ts";

/**
 * What one running user needs from whoever runs it (the worker, or `runSingleUser`). A user and its clients know the
 * world through this alone, so a test can be the world.
 */
export interface UserRuntime {
  readonly environment: Environment;
  readonly clock: Clock;
  /** The user's number across the whole swarm, from 0; twins share it. */
  readonly index: number;
  readonly arm: Arm;
  /** Base URL of this arm: the command line's host, else the class's own; undefined where neither is given. */
  readonly host: string | undefined;
  /** Seed of the whole run; the user derives its own streams from it, its class name and its index. */
  readonly seed: string;
  /** Aborts when the user must stop at once: the stop timeout is over, or there was none. */
  readonly signal: AbortSignal;
  readonly guard: TrafficGuard;
  readonly witness: ActivityTracker;
  /** Takes one finished request: counts it, and fires the `request` event if anybody listens. */
  report(sample: Sample, details?: RequestDetails): void;
  /** Shows the user of the program something that changes no number. `code` is stable, equal messages count once. */
  readonly warn?: ((code: string, message: string) => void) | undefined;
  /** Whether anybody listens to the `request` event, so that clients need not build details for nobody. */
  readonly hasRequestListeners: boolean;
  /**
   * Called before every task (of the user or its task sets); the task starts once it resolves, with `false` the user
   * ends instead. Side by side it brings twins together, in the open model it waits for the schedule. Absent: tasks
   * start as the user's own wait time says.
   * @param signal aborts when the user is told to stop: it then waits no longer
   */
  readonly turn?: ((signal: AbortSignal) => boolean | Promise<boolean>) | undefined;
  /** Told of every task that a pacing wait time had asked for earlier than it began. */
  readonly lateStart?: (() => void) | undefined;
  /** True in the open model: the schedule alone says when tasks start, wait times are not slept. */
  readonly skipsWaits?: boolean | undefined;
  /** What the run says about HTTP; `HttpSettings` of the room `http`, which alone looks inside. */
  readonly http?: object | undefined;
  /** Headers the run adds to a request to `url`: those of the command line, and only for the target's hosts. */
  readonly extraHeaders?: ((url: URL) => readonly (readonly [name: string, value: string])[]) | undefined;
}

/** What listeners of the `request` event get beyond the sample. */
export interface RequestDetails {
  readonly response?: unknown;
  readonly exception?: unknown;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  readonly url?: string | undefined;
}
