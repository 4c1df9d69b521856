import type { Activity, TaskWitness } from "./activity.ts";

/** What a task left behind when it ended. */
export interface LeftBehind {
  /** `GET /item/{id}` */
  readonly label: string;
  /** `file:line:column`, known from the second time on. */
  readonly place: string | undefined;
}

const nothing: readonly LeftBehind[] = [];

/** The witness of one user: remembers what its current task began and has not ended. */
export class Witness implements TaskWitness {
  #open: Activity[] = [];
  /** Still in flight although their task is over; absent as a rule. */
  #late: Set<Activity> | undefined;
  #quiet: (() => void) | undefined;
  #begun = 0;
  #intendedMs: number | undefined;
  #wantsPlaces = false;

  begin(activity: Activity): void {
    this.#begun++;
    this.#open.push(activity);
  }

  end(activity: Activity): void {
    const open = this.#open;
    // As a rule there is one, and it is the last.
    if (open[open.length - 1] === activity) {
      open.pop();
      return;
    }
    const at = open.lastIndexOf(activity);
    if (at >= 0) open.splice(at, 1);
    else if (this.#late?.delete(activity) && this.#late.size === 0) this.#quiet?.();
  }

  get wantsPlaces(): boolean {
    return this.#wantsPlaces;
  }

  /** How many activities there have been: a task that began none may never have let the event loop turn. */
  get begun(): number {
    return this.#begun;
  }

  /** Open model: when the coming iteration should have started, on the clock; undefined once it is over. */
  schedule(intendedMs: number | undefined): void {
    this.#intendedMs = intendedMs;
  }

  takeIntendedStart(): number | undefined {
    const intendedMs = this.#intendedMs;
    this.#intendedMs = undefined;
    return intendedMs;
  }

  /**
   * The task is over: answers that wait for a verdict get one (a failure if the task threw `error`), and requests
   * still in flight are returned, for nobody awaits them any more. A task that threw is not blamed for those: the
   * throw may be what left them.
   */
  endTask(error?: unknown): readonly LeftBehind[] {
    if (this.#open.length === 0) return nothing;
    const open = this.#open;
    this.#open = [];
    const left: LeftBehind[] = [];
    for (const activity of open) {
      activity.settle(error);
      if (activity.kind !== "in-flight") continue;
      left.push({ label: activity.label, place: activity.place });
      this.#late ??= new Set();
      this.#late.add(activity);
    }
    if (left.length > 0 && error === undefined) this.#wantsPlaces = true;
    return left;
  }

  /** Resolves once nothing that tasks left behind is in flight any more. */
  async quiet(): Promise<void> {
    if (!this.#late || this.#late.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#quiet = resolve;
    });
  }
}
