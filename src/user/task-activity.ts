import type { InFlight } from "../stats/in-flight.ts";
import type { Activity, ActivityTracker } from "./activity.ts";

/** What a task left behind when it ended. */
export interface LeftBehind {
  /** `GET /item/{id}` */
  readonly label: string;
  /** `file:line:column`, known from the second time on. */
  readonly place: string | undefined;
}

const nothing: readonly LeftBehind[] = [];

/** Iterations a user's cycle is the median of, and the fewest there must be. */
const cyclesKept = 15;
const fewestCycles = 3;

/** The witness of one user: remembers what its current task began and has not ended. */
export class TaskActivity implements ActivityTracker {
  #open: Activity[] = [];
  /** Still in flight although their task is over; absent as a rule. */
  #late: Set<Activity> | undefined;
  #quiet: (() => void) | undefined;
  #begun = 0;
  #intendedMs: number | undefined;
  #wantsPlaces = false;
  /** When the last iterations sent their first request, on the clock: a ring. */
  readonly #starts: number[] = [];
  #iterations = 0;
  #isFresh = true;
  #isScheduled = false;

  begin(activity: Activity): void {
    this.#begun++;
    this.#open.push(activity);
    if (this.#isFresh && activity.request) {
      this.#isFresh = false;
      this.#starts[this.#iterations++ % (cyclesKept + 1)] = activity.request.startMs;
    }
  }

  /** A task is over, or has waited: what comes next is another iteration. */
  turn(): void {
    this.#isFresh = true;
  }

  /**
   * The median time from the first request of an iteration to that of the next. Undefined in the open model, too: what a
   * wait kept from being sent is sent afterwards there, and its latency counts from the schedule.
   */
  get cycleMs(): number | undefined {
    if (this.#isScheduled) return undefined;
    const known = this.#starts.toSorted((a, b) => a - b);
    if (known.length <= fewestCycles) return undefined;
    const cycles = known.slice(1).map((startMs, i) => startMs - (known[i] as number));
    cycles.sort((a, b) => a - b);
    return cycles[Math.floor((cycles.length - 1) / 2)];
  }

  /** Whether nothing that was begun is still open. */
  get isIdle(): boolean {
    return this.#open.length === 0 && (this.#late === undefined || this.#late.size === 0);
  }

  /** Shows every request in flight, those that outlived their task too. */
  eachInFlight(visit: (request: InFlight) => void): void {
    for (const { request } of this.#open) if (request) visit(request);
    if (!this.#late) return;
    for (const { request } of this.#late) if (request) visit(request);
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
    if (intendedMs !== undefined) this.#isScheduled = true;
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
    this.#isFresh = true;
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
