import { Random } from "../base/random.ts";
import type { Arm } from "../stats/endpoint.ts";
import { userBrand } from "./brand.ts";
import type { Environment } from "./events/environment.ts";
import { InterruptTaskSet } from "./exceptions.ts";
import { type Life, lifeKey } from "./life.ts";
import type { UserRuntime } from "./runtime.ts";
import type { TaskList } from "./task.ts";
import { Pace, type Paced, paceKey } from "./waiting/pace.ts";

/**
 * One simulated user. A locustfile derives from it (or from `HttpUser`), says in `tasks` or with `@task` what its
 * users do, and in `waitTime` how long they think in between. `loop.ts` tells the life of a user.
 *
 * `weight`, `fixedCount`, `host`, `tasks` and `waitTime` may be static or instance fields; where both are there,
 * the instance's counts. What must be known before there is a user (weights, say) is read from the class, and, if the
 * class sets it as an instance field, from one instance made for that purpose and never run.
 * @example
 * ```ts
 * import { User, constant, events, task } from "swarmgate";
 *
 * export class Caller extends User {
 *   override waitTime = constant(1);
 *   @task async call() {
 *     await events.request.measure("rpc", "hello", async () => "answer");
 *   }
 * }
 * ```
 */
export class User implements Paced {
  static readonly [userBrand]: true = true;
  /** `static abstract = true` keeps a base class from being run; classes derived from it do not inherit that. */
  static abstract: boolean = true;
  /** As the field `weight`; either will do. */
  declare static weight?: number;
  /** As the field `fixedCount`; either will do. */
  declare static fixedCount?: number;
  /** As the field `host`; either will do. */
  declare static host?: string | null;
  /** As the field `tasks`; either will do. */
  declare static tasks?: TaskList;
  /** As the method `waitTime`; either will do. */
  declare static waitTime?: () => number | Promise<number>;
  /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. */
  declare static minWait?: number;
  /** @deprecated milliseconds; see `minWait`. */
  declare static maxWait?: number;

  /** Share of this class among the users, a number of 0 or more; 1 if not given. */
  declare weight?: number;
  /** Exactly this many users of the class, started first; the weight is then ignored. */
  declare fixedCount?: number;
  /** Base URL; the command line's wins. */
  declare host?: string | null;
  /** Besides methods with `@task`: functions and TaskSet classes, with or without weights. */
  declare tasks?: TaskList;
  /** @deprecated milliseconds; write `waitTime = between(1, 5)`, in seconds. Used where there is no `waitTime`. */
  declare minWait?: number;
  /** @deprecated milliseconds; see `minWait`. */
  declare maxWait?: number;

  /** What runs this user; for clients of other protocols. */
  readonly runtime: UserRuntime;
  /** The run: its events, statistics and options. */
  readonly environment: Environment;
  /**
   * The user's number across the whole swarm, from 0: for test data of its own. Twins share it. A class with a task
   * named `index`, as many have, finds it in `runtime.index`.
   */
  declare readonly index: number;
  /** Side-by-side runs: which version this user is on. */
  readonly arm: Arm;
  /** The user's own dice, the same in every run of one seed; what you draw never changes which tasks run when. */
  readonly random: Random;
  readonly [paceKey]: Pace;
  /** Set by whoever runs this user. */
  [lifeKey]: Life | undefined;

  constructor(runtime: UserRuntime) {
    this.runtime = runtime;
    this.environment = runtime.environment;
    if (!("index" in this)) (this as { index: number }).index = runtime.index;
    this.arm = runtime.arm;
    this.random = Random.from(runtime.seed, "user", new.target.name, runtime.index);
    this[paceKey] = new Pace(runtime);
    this[lifeKey] = undefined;
    if (runtime.host !== undefined) this.host = runtime.host;
  }

  /** Seconds between tasks: `waitTime = between(1, 5)`, or a method of your own. Not at all if absent. */
  waitTime?(): number | Promise<number>;

  /** Before the first task: log in, say. If it throws, the user never runs, and that is counted and told. */
  onStart(): void | Promise<void> {}

  /** After the last task. */
  onStop(): void | Promise<void> {}

  /** Lets go of what the user holds (connections, say); called once it has ended. */
  [Symbol.dispose](): void {}

  /** Merged into the `context` of each of this user's requests, for listeners of `events.request`. */
  context(): Record<string, unknown> {
    return {};
  }

  /** Waits as between two tasks; the user may be stopped meanwhile. */
  async wait(): Promise<void> {
    await this[lifeKey]?.wait(this);
  }

  /** Leaves the task set it is called from. */
  interrupt({ reschedule = true }: { reschedule?: boolean } = {}): never {
    throw new InterruptTaskSet(reschedule);
  }

  /**
   * Ends this user: at once while it waits, otherwise when its task is over, or with `force` without waiting for it.
   * @returns whether it ends now
   */
  stop(force = false): boolean {
    return this[lifeKey]?.stop(force) ?? false;
  }
}

/** A user class as an engine starts it. */
export type UserClass = (new (runtime: UserRuntime) => User) & Pick<typeof User, "abstract" | typeof userBrand>;
