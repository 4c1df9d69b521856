import { traceOf } from "../../base/errors.ts";
import { controlKindOf } from "../exceptions.ts";
import type { UserRuntime } from "../runtime.ts";
import type { TaskActivity } from "../task-activity.ts";
import type { UserObserver } from "./observer.ts";

/** Tells what went wrong in one user's code, and what its tasks left behind. */
export class Incidents {
  readonly #observer: UserObserver;
  readonly #runtime: UserRuntime & { readonly witness: TaskActivity };
  /** Nobody waits for the user's code any more. */
  leftBehind = false;

  constructor({
    runtime,
    observer,
  }: { runtime: UserRuntime & { readonly witness: TaskActivity }; observer: UserObserver }) {
    this.#runtime = runtime;
    this.#observer = observer;
  }

  /** Errors of a user that must end at once come of that, and are nobody's fault. */
  get #isKilled(): boolean {
    return this.leftBehind || this.#runtime.signal.aborted;
  }

  /** The user never ran: its making or its `onStart` threw. */
  dead(task: string, error: unknown): void {
    if (!this.#isKilled) this.#observer.onDeadInOnStart({ task, error });
  }

  /** The user ends by its own will, or ends the test. */
  leaves(reason: unknown): void {
    if (controlKindOf(reason) === "stop-test") this.#observer.onStopTest(reason);
    else this.#observer.onStopUser(reason);
  }

  /** Counts and tells an ordinary error. @returns whether a listener of `userError` ends the user for it */
  async failed(task: string, error: unknown, { userInstance }: { userInstance: unknown }): Promise<boolean> {
    if (this.#isKilled) return false;
    this.#observer.onException({ task, error });
    const { userError } = this.#runtime.environment.events;
    if (userError.listeners.length === 0) return false;
    const tb = traceOf(error);
    try {
      await userError.fire({ userInstance, exception: error, tb });
      return false;
    } catch (control) {
      this.leaves(control);
      return true;
    }
  }

  /**
   * The task is over: what it began gets its end, and what it should have awaited is told. Two names and no object or
   * joined text, for it runs after every task: 530 ns an iteration with the text, 430 without.
   */
  settle(owner: string, task: string, error?: unknown): void {
    const ordinary = error !== undefined && controlKindOf(error) === undefined;
    const left = this.#runtime.witness.endTask(ordinary ? error : undefined);
    if (left.length === 0 || error !== undefined || this.#isKilled) return;
    for (const { label, place } of left) this.#observer.onMissingAwait({ task: `${owner}.${task}`, label, place });
  }
}
