const brand = Symbol.for("swarmgate.control");

type ControlKind = "stop-user" | "stop-test" | "reschedule" | "reschedule-immediately" | "interrupt";

/** Thrown on purpose, to say what happens next; never counted as a fault of the locustfile. */
abstract class Control extends Error {
  readonly [brand]: ControlKind;

  constructor(kind: ControlKind, message: string) {
    super(message);
    this[brand] = kind;
    this.name = new.target.name;
  }
}

/**
 * Ends the user that throws it; `onStop` runs, and nobody takes its place.
 * @example
 * ```ts
 * import { StopUser } from "swarmgate";
 *
 * throw new StopUser("the account is locked");
 * ```
 */
export class StopUser extends Control {
  constructor(message = "the user ends") {
    super("stop-user", message);
  }
}

/**
 * Ends the whole test; results so far are judged and reported.
 * @example
 * ```ts
 * import { StopTest } from "swarmgate";
 *
 * throw new StopTest("the shop is closed");
 * ```
 */
export class StopTest extends Control {
  constructor(message = "the test ends") {
    super("stop-test", message);
  }
}

/**
 * Ends the current task; the user waits its wait time and goes on with the next.
 * @example
 * ```ts
 * import { RescheduleTask } from "swarmgate";
 *
 * throw new RescheduleTask();
 * ```
 */
export class RescheduleTask extends Control {
  constructor(message = "next task after the wait time") {
    super("reschedule", message);
  }
}

/**
 * Ends the current task; the user goes on with the next at once.
 * @example
 * ```ts
 * import { RescheduleTaskImmediately } from "swarmgate";
 *
 * throw new RescheduleTaskImmediately();
 * ```
 */
export class RescheduleTaskImmediately extends Control {
  constructor(message = "next task at once") {
    super("reschedule-immediately", message);
  }
}

/**
 * Leaves the current task set; what `interrupt()` throws.
 * @example
 * ```ts
 * import { InterruptTaskSet } from "swarmgate";
 *
 * throw new InterruptTaskSet(false); // the parent waits first
 * ```
 */
export class InterruptTaskSet extends Control {
  /** True: the parent goes on at once. False: after its wait time. */
  readonly reschedule: boolean;

  constructor(reschedule = true) {
    super("interrupt", "leave this task set");
    this.reschedule = reschedule;
  }
}

/** What a thrown value asks for; undefined for an ordinary error. Knows the classes of every copy of the package. */
export function controlKindOf(thrown: unknown): ControlKind | undefined {
  return typeof thrown === "object" && thrown !== null
    ? (thrown as { readonly [brand]?: ControlKind })[brand]
    : undefined;
}
