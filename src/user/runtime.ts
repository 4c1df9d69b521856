import type { Clock } from "../base/clock.ts";
import type { Arm } from "../stats/endpoint.ts";
import type { Sample } from "../stats/sample.ts";
import type { Environment } from "./environment.ts";

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
  readonly witness: TaskWitness;
  /** Takes one finished request: counts it, and fires the `request` event if anybody listens. */
  report(sample: Sample, details?: RequestDetails): void;
  /** Whether anybody listens to the `request` event, so that clients need not build details for nobody. */
  readonly hasRequestListeners: boolean;
  /**
   * Called before every task (of the user or its task sets); the task starts once it resolves, with `false` the user
   * ends instead. Side by side it brings twins together, in the open model it waits for the schedule. Absent: tasks
   * start as the user's own wait time says.
   */
  readonly turn?: (() => boolean | Promise<boolean>) | undefined;
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

/** Where traffic may go, and how fast. Set by the command line or the action; a locustfile cannot widen it. */
export interface TrafficGuard {
  /** Undefined if `url` may be reached; otherwise why not, one sentence. */
  forbids(url: URL): string | undefined;
  /**
   * Asks to start one request: true at once as a rule, later where the rate cap says so, false when the run's
   * request budget (`-n`) is used up and the user should end.
   */
  admit(): boolean | Promise<boolean>;
}

/**
 * Something a task began and has not brought to an end: a request in flight, or an answer that still waits for its
 * verdict (`catchResponse`).
 */
export interface Activity {
  readonly kind: "in-flight" | "awaiting-verdict";
  /** `GET /item/{id}` */
  readonly label: string;
  /** Where the call was made, as `file:line:column`; undefined until somebody had reason to find out. */
  readonly place?: string | undefined;
  /**
   * Ends it from outside. An answer that waits is judged by its status, or as a failure if `error` is what its task
   * threw; a request in flight is left to finish, its sample still counts.
   */
  settle(error?: unknown): void;
}

/**
 * Sees what a user's current task begins and ends. A task that returns while its own request is in flight forgot an
 * `await`: the run is invalid (SPEC section 10), naming task and place.
 */
export interface TaskWitness {
  begin(activity: Activity): void;
  end(activity: Activity): void;
  /** True once this task was caught, so that the next time the place is worth its price. */
  readonly wantsPlaces: boolean;
  /**
   * Open model: when the task that runs now should have started, on the clock. Given once, to the task's first
   * request, whose latency counts from there; undefined for the requests after it and in the closed model.
   */
  takeIntendedStart(): number | undefined;
}
