import { type Chooser, chooserOf } from "../tasks/chooser.ts";
import { entryOf, type TaskEntry, type TaskPlan } from "../tasks/task-plan.ts";
import { queueKey, type TaskSet } from "../tasks/task-set.ts";
import type { User } from "../user.ts";
import { type OwnerWait, waitOf } from "../waiting/owner-wait.ts";
import type { Pace } from "../waiting/pace.ts";
import type { UserObserver } from "./observer.ts";

/** The user itself, or a task set it is in. */
export interface TaskSetFrame {
  readonly owner: User | TaskSet;
  readonly plan: TaskPlan;
  readonly chooser: Chooser;
  readonly wait: OwnerWait | undefined;
}

type SetMaker = new (parent: User | TaskSet) => TaskSet;

/** The staircase of one user: itself at the bottom, on it the task set it is in, on that the set within, and so on. */
export class TaskSetStack {
  readonly #floors: TaskSetFrame[] = [];
  readonly #observer: Pick<UserObserver, "onWarning">;
  #homes: Map<TaskPlan, TaskSet> | undefined;

  /** @param observer told once of each class that says in the old way how long to wait */
  constructor(observer: Pick<UserObserver, "onWarning">) {
    this.#observer = observer;
  }

  /** Puts the user's own tasks at the bottom. */
  ground(floor: { user: User; plan: TaskPlan; wait: OwnerWait | undefined }): void {
    const { user, plan, wait } = floor;
    this.#floors.push({ owner: user, plan, chooser: chooserOf(plan), wait });
  }

  /** Where tasks are chosen now; undefined before the user begins and after its end. */
  get top(): TaskSetFrame | undefined {
    return this.#floors[this.#floors.length - 1];
  }

  get inSet(): boolean {
    return this.#floors.length > 1;
  }

  /** The wait time an owner says, with what there is to tell of it. */
  waitOf(owner: User | TaskSet): OwnerWait | undefined {
    const found = waitOf(owner);
    if (found?.deprecation) this.#observer.onWarning(found.deprecation);
    return found?.wait;
  }

  /** The next entry of a floor: what was scheduled by hand, else its choice. */
  next({ owner, plan, chooser }: TaskSetFrame, pace: Pace): TaskEntry {
    const task = queueKey in owner ? owner[queueKey].shift() : undefined;
    return task ? entryOf(task, { plan, owner }) : chooser.next(pace);
  }

  /** Makes a task set, and goes up into it once its `onStart` is over. */
  async enter(plan: TaskPlan, { parent }: { parent: User | TaskSet }): Promise<void> {
    const owner = new (plan.ownerClass as unknown as SetMaker)(parent);
    const wait = this.waitOf(owner);
    const chooser = chooserOf(plan);
    await owner.onStart();
    this.#floors.push({ owner, plan, chooser, wait });
  }

  /** Goes one floor down, from the user's own to nowhere; what was left. */
  leave(): TaskSetFrame | undefined {
    return this.#floors.pop();
  }

  /** What a task of `floor` runs on. Equal weights: a leaf task of a dissolved set has an instance of that set. */
  ownerOf({ home }: TaskEntry, floor: TaskSetFrame): User | TaskSet {
    if (!home) return floor.owner;
    this.#homes ??= new Map();
    let owner = this.#homes.get(home);
    if (!owner) {
      owner = new (home.ownerClass as unknown as SetMaker)(this.#floors[0]?.owner as User);
      this.#homes.set(home, owner);
    }
    return owner;
  }
}
