// The life of one user, from beginning to end:
//
//  1. It is made: `new Shopper(runtime)`.
//  2. `onStart` runs. If it throws, the user is dead: that is told, and nothing else happens.
//  3. Then, over and over, an iteration: choose a task, run it, wait.
//     - The user's own tasks are the ground floor. If the choice is a task set, the user goes up into it: the set is
//       made, its `onStart` runs, and the choice is made again among its tasks. `#floors` is that staircase; the top
//       floor is where tasks are chosen now, and it stays so until `interrupt()` leads one floor down (`onStop` of
//       the set runs first).
//     - When the task is over, so must be what it began. A request still in flight means a missing `await`.
//     - What the task threw decides what comes next: nothing or an ordinary error, wait; `RescheduleTask`, wait;
//       `RescheduleTaskImmediately`, no wait; `InterruptTaskSet`, one floor down; `StopUser` and `StopTest`, the end.
//       An ordinary error is counted and told and never ends the user.
//     - The wait time is that of the top floor if its set has one, else the user's.
//  4. The end: told to stop, a waiting user leaves at once, a busy one when its task is over. `onStop` runs on every
//     floor from the top down to the user's own.
//  5. If the runtime's signal aborts, the user has a moment to come to its end (its requests fail, `finally` blocks
//     and `onStop` run). If its code still does not return, it is left behind and counts as ended.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { GateError } from "../base/errors.ts";
import { type Chooser, chooserOf } from "./chooser.ts";
import { runAs } from "./current-user.ts";
import { controlKindOf, StopUser } from "./exceptions.ts";
import { type Life, lifeKey } from "./life.ts";
import type { UserObserver } from "./observer.ts";
import { type OwnerWait, waitOf } from "./owner-wait.ts";
import { type Pace, type Paced, paceKey } from "./pace.ts";
import type { UserRuntime } from "./runtime.ts";
import { entryOf, type TaskEntry, type TaskPlan } from "./task-plan.ts";
import { queueKey, type TaskSet } from "./task-set.ts";
import type { User, UserClass } from "./user.ts";
import type { Witness } from "./witness.ts";

/** How long a user that must stop at once may take to unwind, and then its `onStop`, before it is left behind. */
const unwindMs = 500;

/** What follows an iteration. */
type Next = "wait" | "at-once" | "end";

/** The user itself, or a task set it is in. */
interface Floor {
  readonly owner: User | TaskSet;
  readonly plan: TaskPlan;
  readonly chooser: Chooser;
  readonly wait: OwnerWait | undefined;
}

type SetMaker = new (parent: User | TaskSet) => TaskSet;

export interface UserLifeOptions {
  readonly userClass: UserClass;
  readonly runtime: UserRuntime & { readonly witness: Witness };
  /** The tasks of the class: `new TaskPlans(…).of(userClass)`. */
  readonly plan: TaskPlan;
  /** Why the class cannot run though it could be read: `plans.problemOf(userClass)`. */
  readonly problem?: GateError | undefined;
  readonly observer: UserObserver;
}

/** Runs one user. Make one for each user and call `run`. */
export class UserLife implements Life {
  readonly #options: UserLifeOptions;
  readonly #witness: Witness;
  readonly #observer: UserObserver;
  /** Wakes a waiting user when it is told to stop. */
  readonly #wake = new AbortController();
  readonly #floors: Floor[] = [];
  readonly #homes = new Map<TaskPlan, TaskSet>();
  #user: User | undefined;
  #pace: Pace | undefined;
  #userWait: OwnerWait | undefined;
  #state: "new" | "running" | "waiting" | "ended" = "new";
  #stopping = false;
  #leftBehind = false;
  #killed: (() => void) | undefined;

  constructor(options: UserLifeOptions) {
    this.#options = options;
    this.#witness = options.runtime.witness;
    this.#observer = options.observer;
  }

  /** The user; undefined until `run` made it. */
  get user(): User | undefined {
    return this.#user;
  }

  get state(): "new" | "running" | "waiting" | "ended" {
    return this.#state;
  }

  /** Resolves when the user has ended, however it did; never rejects. Call it once. */
  async run(): Promise<void> {
    const { runtime } = this.#options;
    // Told to stop before it began: nobody waits for its onStart then.
    const user = this.#stopping ? undefined : this.#make();
    if (user) {
      const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
      this.#killed = kill;
      runtime.signal.addEventListener("abort", this.#abort);
      if (runtime.signal.aborted) this.#abort();
      const life = runAs(user, () => this.#live(user));
      await Promise.race([life, killed.then(() => this.#unwind(life))]);
      runtime.signal.removeEventListener("abort", this.#abort);
      user[Symbol.dispose]();
    }
    this.#state = "ended";
  }

  /**
   * Tells the user to stop: at once while it waits, otherwise when its task is over; with `force` its code is not
   * waited for longer than it takes to unwind.
   * @returns whether it ends now
   */
  stop(force = false): boolean {
    const now = force || this.#state !== "running";
    this.#stopping = true;
    this.#wake.abort();
    if (force) this.#killed?.();
    return now;
  }

  readonly #abort = () => void this.stop(true);

  /** `user.wait()` and `taskSet.wait()`, called from a task. */
  async wait(owner: Paced): Promise<void> {
    await this.#sleep(waitOf(owner)?.wait ?? this.#userWait);
    if (this.#stopping) throw new StopUser("stopped while it waited");
  }

  #make(): User | undefined {
    const { userClass, runtime, problem } = this.#options;
    try {
      if (problem) throw problem;
      const user = new userClass(runtime);
      // A class field `host` is set after the constructor, and the command line's wins.
      if (runtime.host !== undefined) user.host = runtime.host;
      user[lifeKey] = this;
      this.#pace = user[paceKey];
      const found = waitOf(user);
      if (found?.deprecation) this.#observer.onWarning(found.deprecation);
      this.#userWait = found?.wait;
      this.#user = user;
      return user;
    } catch (error) {
      this.#observer.onDeadInOnStart({ task: `${userClass.name}.${problem ? "tasks" : "constructor"}`, error });
      return undefined;
    }
  }

  async #live(user: User): Promise<void> {
    const { userClass, plan } = this.#options;
    this.#state = "running";
    if (!(await this.#begin(user, userClass.name))) return;
    this.#floors.push({ owner: user, plan, chooser: chooserOf(plan), wait: this.#userWait });
    while (!this.#stopping) {
      const begun = this.#witness.begun;
      const next = await this.#iterate();
      if (next === "end" || this.#stopping) break;
      const waited = next === "wait" && (await this.#pause());
      // A task that neither sent nor waited may never have let the event loop turn, and would starve all others.
      if (!waited && this.#witness.begun === begun) await nextTurn();
    }
    await this.#end();
  }

  /** `onStart` of the user. False: it is dead. */
  async #begin(user: User, name: string): Promise<boolean> {
    try {
      await user.onStart();
      this.#settle(name, "onStart");
      return true;
    } catch (error) {
      this.#settle(name, "onStart", error);
      const kind = controlKindOf(error);
      if (kind === undefined) {
        if (!this.#isKilled) this.#observer.onDeadInOnStart({ task: `${name}.onStart`, error });
        return false;
      }
      if (kind !== "stop-user" && kind !== "stop-test") return true;
      this.#leave(error);
      return true;
    }
  }

  /** One iteration: up into sets as far as the choice leads, then one task. */
  async #iterate(): Promise<Next> {
    const { turn } = this.#options.runtime;
    if (turn) {
      const granted = turn();
      if (!(granted === true || (await granted)) || this.#stopping) return "end";
    }
    this.#pace?.begin();
    let owner = "";
    let task = "";
    let entering = false;
    try {
      for (;;) {
        const floor = this.#floors[this.#floors.length - 1] as Floor;
        const scheduled = this.#scheduled(floor);
        const entry = scheduled ?? floor.chooser.next(this.#pace as Pace);
        if (!entry.set) {
          owner = (entry.home ?? floor.plan).name;
          task = entry.name;
          await entry.invoke(entry.home ? this.#homeOf(entry.home) : floor.owner);
          this.#settle(owner, task);
          this.#witness.schedule(undefined);
          return "wait";
        }
        owner = entry.set.name;
        task = "onStart";
        entering = true;
        await this.#enter(entry.set, floor.owner);
        this.#settle(owner, task);
        entering = false;
        if (this.#stopping) return "end";
      }
    } catch (error) {
      this.#settle(owner, task, error);
      this.#witness.schedule(undefined);
      return this.#after({ label: `${owner}.${task}`, error, entering });
    }
  }

  #scheduled({ owner, plan }: Floor): TaskEntry | undefined {
    const task = queueKey in owner ? owner[queueKey].shift() : undefined;
    return task && entryOf(task, { plan, owner });
  }

  async #enter(plan: TaskPlan, parent: User | TaskSet): Promise<void> {
    const set = new (plan.ownerClass as unknown as SetMaker)(parent);
    const found = waitOf(set);
    if (found?.deprecation) this.#observer.onWarning(found.deprecation);
    const chooser = chooserOf(plan);
    await set.onStart();
    this.#floors.push({ owner: set, plan, chooser, wait: found?.wait });
  }

  /** Equal weights: the instance a leaf task of a dissolved set runs on. */
  #homeOf(plan: TaskPlan): TaskSet {
    let home = this.#homes.get(plan);
    if (!home) {
      home = new (plan.ownerClass as unknown as SetMaker)(this.#user as User);
      this.#homes.set(plan, home);
    }
    return home;
  }

  /** What a thrown value means for the user. */
  async #after({ label, error, entering }: { label: string; error: unknown; entering: boolean }): Promise<Next> {
    switch (controlKindOf(error)) {
      case undefined:
        await this.#failed(label, error);
        return this.#stopping ? "end" : "wait";
      case "reschedule":
        return "wait";
      case "reschedule-immediately":
        return "at-once";
      case "interrupt":
        // In its own onStart a set is not entered yet, and nobody leaves the ground floor.
        if (!entering && this.#floors.length > 1) await this.#leaveFloor();
        return (error as { reschedule?: boolean }).reschedule === false ? "wait" : "at-once";
      default:
        this.#leave(error);
        // Of requests made at once one may be what ends the user (the last of `-n`): the others get their answers.
        await this.#witness.quiet();
        return "end";
    }
  }

  #leave(reason: unknown): void {
    this.#stopping = true;
    if (controlKindOf(reason) === "stop-test") this.#observer.onStopTest(reason);
    else this.#observer.onStopUser(reason);
  }

  /** Errors of a user that must end at once come of that, and are nobody's fault. */
  get #isKilled(): boolean {
    return this.#leftBehind || this.#options.runtime.signal.aborted;
  }

  /** Counts and tells an ordinary error. A listener of `userError` may throw StopUser or StopTest. */
  async #failed(task: string, error: unknown): Promise<void> {
    if (this.#isKilled) return;
    this.#observer.onException({ task, error });
    const { userError } = this.#options.runtime.environment.events;
    if (userError.listeners.length === 0) return;
    const tb = error instanceof Error ? (error.stack ?? error.message) : String(error);
    try {
      await userError.fire({ userInstance: this.#floors.at(-1)?.owner ?? this.#user, exception: error, tb });
    } catch (control) {
      this.#leave(control);
    }
  }

  /**
   * The task is over: what it began gets its end, and what it should have awaited is told. Two names and no object or
   * joined text, for it runs after every task: 530 ns an iteration with the text, 430 without.
   */
  #settle(owner: string, task: string, error?: unknown): void {
    const ordinary = error !== undefined && controlKindOf(error) === undefined;
    const left = this.#witness.endTask(ordinary ? error : undefined);
    if (left.length === 0 || error !== undefined || this.#isKilled) return;
    for (const { label, place } of left) this.#observer.onMissingAwait({ task: `${owner}.${task}`, label, place });
  }

  /** The wait time after a task; false if there was none. A wait time that throws ends the user. */
  async #pause(): Promise<boolean> {
    if (this.#options.runtime.skipsWaits) return false;
    const floor = this.#floors[this.#floors.length - 1] as Floor;
    try {
      return await this.#sleep(floor.wait ?? this.#userWait);
    } catch (error) {
      await this.#failed(`${floor.plan.name}.waitTime`, error);
      this.#stopping = true;
      return false;
    }
  }

  async #sleep(wait: OwnerWait | undefined): Promise<boolean> {
    if (!wait) return false;
    const given = wait();
    const seconds = typeof given === "number" ? given : await given;
    if (seconds <= 0 || this.#stopping) return false;
    this.#state = "waiting";
    await this.#options.runtime.clock.sleep(seconds * 1000, this.#wake.signal);
    this.#state = "running";
    return true;
  }

  async #leaveFloor(): Promise<void> {
    const floor = this.#floors.pop();
    if (!floor) return;
    const { name } = floor.plan;
    try {
      await floor.owner.onStop();
      this.#settle(name, "onStop");
    } catch (error) {
      this.#settle(name, "onStop", error);
      const kind = controlKindOf(error);
      if (kind === undefined) await this.#failed(`${name}.onStop`, error);
      else if (kind === "stop-test") this.#leave(error);
    }
  }

  async #end(): Promise<void> {
    while (this.#floors.length > 0) await this.#leaveFloor();
  }

  /** The user must go now: its code gets a moment, then its `onStop`s do, then it is left behind. */
  async #unwind(life: Promise<void>): Promise<void> {
    const { clock } = this.#options.runtime;
    const inTime = await Promise.race([life.then(() => true), clock.sleep(unwindMs).then(() => false)]);
    if (inTime) return;
    this.#leftBehind = true;
    await Promise.race([this.#end(), clock.sleep(unwindMs)]);
  }
}
