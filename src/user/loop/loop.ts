// The life of one user, from beginning to end:
//
//  1. It is made: `new Shopper(runtime)`.
//  2. `onStart` runs. If it throws, the user is dead: that is told, and nothing else happens.
//  3. Then, over and over, an iteration: choose a task, run it, wait.
//     - The user's own tasks are the ground floor. If the choice is a task set, the user goes up into it: the set is
//       made, its `onStart` runs, and the choice is made again among its tasks. That staircase is `task-set-stack.ts`; the top
//       floor is where tasks are chosen now, and it stays so until `interrupt()` leads one floor down (`onStop` of
//       the set runs first).
//     - When the task is over, so must be what it began. A request still in flight means a missing `await`
//       (`task-activity.ts` sees it, `incidents.ts` tells it).
//     - What the task threw decides what comes next: nothing or an ordinary error, wait; `RescheduleTask`, wait;
//       `RescheduleTaskImmediately`, no wait; `InterruptTaskSet`, one floor down; `StopUser` and `StopTest`, the end.
//       An ordinary error is counted and told and never ends the user.
//     - The wait time is that of the top floor if its set has one, else the user's.
//  4. The end: told to stop, a waiting user leaves at once, a busy one when its task is over. `onStop` runs on every
//     floor from the top down to the user's own.
//  5. If the runtime's signal aborts, the user has a moment to come to its end (its requests fail, `finally` blocks
//     and `onStop` run). If its code still does not return, it is left behind and counts as ended.
//
// What tasks there are is read once for each class: `task-plan.ts` reads, `task-plans.ts` filters, `chooser.ts` draws.
import type { GateError } from "../../base/errors.ts";
import { nextTurn } from "../../base/own-time.ts";
import { runAs } from "../current-user.ts";
import { controlKindOf, StopUser } from "../exceptions.ts";
import { type Life, lifeKey } from "../life.ts";
import type { UserRuntime } from "../runtime.ts";
import type { TaskActivity } from "../task-activity.ts";
import type { TaskPlan } from "../tasks/task-plan.ts";
import type { User, UserClass } from "../user.ts";
import { type OwnerWait, waitOf } from "../waiting/owner-wait.ts";
import { type Pace, type Paced, paceKey } from "../waiting/pace.ts";
import { Incidents } from "./incidents.ts";
import type { UserObserver } from "./observer.ts";
import { type TaskSetFrame, TaskSetStack } from "./task-set-stack.ts";

/** How long a user that must stop at once may take to unwind, and then its `onStop`, before it is left behind. */
const unwindMs = 500;

/** What follows an iteration. */
type Next = "wait" | "at-once" | "end";

export interface UserLifeOptions {
  readonly userClass: UserClass;
  readonly runtime: UserRuntime & { readonly witness: TaskActivity };
  /** The tasks of the class: `new TaskPlans(…).of(userClass)`. */
  readonly plan: TaskPlan;
  /** Why the class cannot run though it could be read: `plans.problemOf(userClass)`. */
  readonly problem?: GateError | undefined;
  readonly observer: UserObserver;
}

/** Runs one user. Make one for each user and call `run`. */
export class UserLife implements Life {
  readonly #options: UserLifeOptions;
  readonly #witness: TaskActivity;
  readonly #incidents: Incidents;
  readonly #floors: TaskSetStack;
  /** Wakes a waiting user when it is told to stop. */
  readonly #wake = new AbortController();
  #user: User | undefined;
  #pace: Pace | undefined;
  #userWait: OwnerWait | undefined;
  #state: "new" | "running" | "waiting" | "ended" = "new";
  #stopping = false;
  #killed: (() => void) | undefined;

  constructor(options: UserLifeOptions) {
    this.#options = options;
    this.#witness = options.runtime.witness;
    this.#incidents = new Incidents(options);
    this.#floors = new TaskSetStack(options.observer);
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
      this.#userWait = this.#floors.waitOf(user);
      this.#user = user;
      return user;
    } catch (error) {
      this.#incidents.dead(`${userClass.name}.${problem ? "tasks" : "constructor"}`, error);
      return undefined;
    }
  }

  async #live(user: User): Promise<void> {
    const { userClass, plan } = this.#options;
    this.#state = "running";
    if (!(await this.#begin(user, userClass.name))) return;
    this.#floors.ground({ user, plan, wait: this.#userWait });
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
      this.#incidents.settle(name, "onStart");
      return true;
    } catch (error) {
      this.#incidents.settle(name, "onStart", error);
      const kind = controlKindOf(error);
      if (kind === undefined) {
        this.#incidents.dead(`${name}.onStart`, error);
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
      const granted = turn(this.#wake.signal);
      if (!(typeof granted === "boolean" ? granted : await this.#turn(granted)) || this.#stopping) return "end";
    }
    this.#pace?.begin();
    let owner = "";
    let task = "";
    let entering = false;
    try {
      for (;;) {
        const floor = this.#floors.top as TaskSetFrame;
        const entry = this.#floors.next(floor, this.#pace as Pace);
        if (!entry.set) {
          owner = (entry.home ?? floor.plan).name;
          task = entry.name;
          await entry.invoke(this.#floors.ownerOf(entry, floor));
          this.#incidents.settle(owner, task);
          this.#witness.schedule(undefined);
          return "wait";
        }
        owner = entry.set.name;
        task = "onStart";
        entering = true;
        await this.#floors.enter(entry.set, { parent: floor.owner });
        this.#incidents.settle(owner, task);
        entering = false;
        if (this.#stopping) return "end";
      }
    } catch (error) {
      this.#incidents.settle(owner, task, error);
      this.#witness.schedule(undefined);
      return this.#after({ label: `${owner}.${task}`, error, entering });
    }
  }

  /** Waits for its turn, and meanwhile may leave at once. */
  async #turn(granted: Promise<boolean>): Promise<boolean> {
    this.#state = "waiting";
    const go = await granted;
    this.#state = "running";
    return go;
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
        if (!entering && this.#floors.inSet) await this.#leaveFloor();
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
    this.#incidents.leaves(reason);
  }

  async #failed(task: string, error: unknown): Promise<void> {
    const userInstance = this.#floors.top?.owner ?? this.#user;
    if (await this.#incidents.failed(task, error, { userInstance })) this.#stopping = true;
  }

  /** The wait time after a task; false if there was none. A wait time that throws ends the user. */
  async #pause(): Promise<boolean> {
    if (this.#options.runtime.skipsWaits) return false;
    const floor = this.#floors.top as TaskSetFrame;
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
    this.#witness.turn();
    return true;
  }

  async #leaveFloor(): Promise<void> {
    const floor = this.#floors.leave();
    if (!floor) return;
    const { name } = floor.plan;
    try {
      await floor.owner.onStop();
      this.#incidents.settle(name, "onStop");
    } catch (error) {
      this.#incidents.settle(name, "onStop", error);
      const kind = controlKindOf(error);
      if (kind === undefined) await this.#failed(`${name}.onStop`, error);
      else if (kind === "stop-test") this.#leave(error);
    }
  }

  async #end(): Promise<void> {
    while (this.#floors.top) await this.#leaveFloor();
  }

  /** The user must go now: its code gets a moment, then its `onStop`s do, then it is left behind. */
  async #unwind(life: Promise<void>): Promise<void> {
    const { clock } = this.#options.runtime;
    const inTime = await Promise.race([life.then(() => true), clock.sleep(unwindMs).then(() => false)]);
    if (inTime) return;
    this.#incidents.leftBehind = true;
    await Promise.race([this.#end(), clock.sleep(unwindMs)]);
  }
}
