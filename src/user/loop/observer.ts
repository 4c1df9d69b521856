import type { LeftBehind } from "../task-activity.ts";

/** Something went wrong in the code of a locustfile. */
export interface UserError {
  /** `Shopper.checkout`, `Shopper.onStart`, `Browse.onStop` */
  readonly task: string;
  readonly error: unknown;
}

/** A task that ended while a request of its own was in flight: an `await` is missing. */
export interface MissingAwait extends LeftBehind {
  /** `Shopper.checkout` */
  readonly task: string;
}

/** Hears what happens in the lives of users, and counts it. Nothing here may throw. */
export interface UserObserver {
  /** The user never ran: its constructor or `onStart` threw, or it has no tasks. Not told as an exception again. */
  onDeadInOnStart(error: UserError): void;
  /** A task, or `onStart` or `onStop` of a task set, or `onStop` of the user, threw. */
  onException(error: UserError): void;
  onMissingAwait(missing: MissingAwait): void;
  /** `StopUser`: it ends by its own will and is not replaced. */
  onStopUser(reason: unknown): void;
  /** `StopTest`: whoever runs the test ends it. */
  onStopTest(reason: unknown): void;
  /** Something odd, for the log; once for each class and thread. */
  onWarning(text: string): void;
}
