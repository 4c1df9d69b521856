import type { Random } from "../../base/random.ts";
import { taskSetBrand } from "../brand.ts";
import { InterruptTaskSet } from "../exceptions.ts";
import { lifeKey } from "../life.ts";
import type { Task, TaskList } from "../task.ts";
import type { User } from "../user.ts";
import { type Pace, type Paced, paceKey } from "../waiting/pace.ts";

/** The user of a task set that does not say whose it is. `http/` declares that it has a `client`. */
export interface DefaultUser extends User {}

/** The tasks scheduled by hand, first to run first. */
export const queueKey = Symbol.for("swarmgate.queue");

/**
 * A set of tasks that is a task itself: a part of the site. Once chosen it runs, choosing among its own tasks, until
 * one of them calls `interrupt()`. Sets may stand in sets, to any depth.
 * @example
 * ```ts
 * import { HttpUser, TaskSet, task } from "swarmgate";
 *
 * class Forum extends TaskSet {
 *   @task(5) async read() {
 *     await this.client.get("/forum");
 *   }
 *   @task leave() {
 *     this.interrupt();
 *   }
 * }
 *
 * export class Visitor extends HttpUser {
 *   override tasks = [Forum];
 * }
 * ```
 */
export class TaskSet<U extends User = DefaultUser> implements Paced {
  static readonly [taskSetBrand]: "random" | "sequence" | "markov" = "random";
  /** As the field `tasks`; either will do. */
  declare static tasks?: TaskList;
  /** As the method `waitTime`; either will do. */
  declare static waitTime?: () => number | Promise<number>;
  /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. */
  declare static minWait?: number;
  /** @deprecated milliseconds; see `minWait`. */
  declare static maxWait?: number;

  /** Besides methods with `@task`: functions and TaskSet classes, with or without weights. */
  declare tasks?: TaskList;
  /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. */
  declare minWait?: number;
  /** @deprecated milliseconds; see `minWait`. */
  declare maxWait?: number;

  /** The task set this one runs in, or the user. */
  readonly parent: User | TaskSet<User>;
  /** The user that runs it. */
  readonly user: U;
  readonly [queueKey]: Task[] = [];

  constructor(parent: U | TaskSet<U>) {
    this.parent = parent;
    this.user = queueKey in parent ? parent.user : parent;
  }

  get [paceKey](): Pace {
    return this.user[paceKey];
  }

  /** The user's client. */
  get client(): U extends { readonly client: infer C } ? C : never {
    return (this.user as { client?: unknown }).client as U extends { readonly client: infer C } ? C : never;
  }

  /** The user's own dice: seeded, the same in every run of one seed. */
  get random(): Random {
    return this.user.random;
  }

  /** Seconds between tasks of this set; the user's wait time if absent. */
  waitTime?(): number | Promise<number>;

  /** Each time the set is entered. */
  onStart(): void | Promise<void> {}

  /** Each time the set is left, and when its user stops within it. */
  onStop(): void | Promise<void> {}

  /** Runs `task` next, before anything is chosen: behind what is scheduled already, or before it with `first`. */
  scheduleTask(task: Task, { first = false }: { first?: boolean } = {}): void {
    if (first) this[queueKey].unshift(task);
    else this[queueKey].push(task);
  }

  /** Waits as between two tasks; the user may be stopped meanwhile. */
  async wait(): Promise<void> {
    await this.user[lifeKey]?.wait(this);
  }

  /** Leaves this set: the parent goes on at once, or after its wait time with `reschedule: false`. */
  interrupt({ reschedule = true }: { reschedule?: boolean } = {}): never {
    throw new InterruptTaskSet(reschedule);
  }
}

/**
 * Tasks in the order they are declared, over and over until interrupted; a weight repeats a task that often in a row.
 * @example
 * ```ts
 * import { SequentialTaskSet, task } from "swarmgate";
 *
 * export class Checkout extends SequentialTaskSet {
 *   @task async cart() {
 *     await this.client.get("/cart");
 *   }
 *   @task async pay() {
 *     await this.client.post("/pay");
 *   }
 * }
 * ```
 */
export class SequentialTaskSet<U extends User = DefaultUser> extends TaskSet<U> {
  static override readonly [taskSetBrand] = "sequence";
}

/**
 * Tasks that lead to tasks: begins with the first declared; `@transition` and `@transitions` say what may follow
 * each. A transition to nothing, or a task without one, is a GateError `locustfile-task`.
 * @example
 * ```ts
 * import { MarkovTaskSet, task, transition } from "swarmgate";
 *
 * export class Browsing extends MarkovTaskSet {
 *   @transition("item") @task async list() {
 *     await this.client.get("/items");
 *   }
 *   @transition("list") @task async item() {
 *     await this.client.get("/items/7", { name: "/items/{id}" });
 *   }
 * }
 * ```
 */
export class MarkovTaskSet<U extends User = DefaultUser> extends TaskSet<U> {
  static override readonly [taskSetBrand] = "markov";
}
