import type { Cycling, InFlight } from "../stats/in-flight.ts";

/** Where traffic may go, and how fast. Set by the command line or the action; a locustfile cannot widen it. */
export interface TrafficGuard {
  /** Undefined if `url` may be reached; otherwise why not, one sentence. */
  forbids(url: URL): string | undefined;
  /**
   * Undefined if an address that a host's name resolved to may be connected to; otherwise why not, one sentence that
   * begins with the name. Asked when a connection is made.
   */
  forbidsAddress?(resolved: { readonly hostname: string; readonly address: string }): string | undefined;
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
  /** The request, while it is in flight; undefined where nobody can say. */
  readonly request?: InFlight | undefined;
  /**
   * Ends it from outside. An answer that waits is judged by its status, or as a failure if `error` is what its task
   * threw; a request in flight is left to finish, its sample still counts.
   */
  settle(error?: unknown): void;
}

/**
 * Sees what a user's current task begins and ends. A task that returns while its own request is in flight forgot an
 * `await`: the run is invalid (docs/verdict.md#invalid-runs), naming task and place.
 */
export interface ActivityTracker extends Cycling {
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
