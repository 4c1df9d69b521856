import { GateError } from "../../base/errors.ts";
import { formatPlace, userPlace } from "../../base/user-place.ts";
import { within } from "../../base/within.ts";
import { controlKindOf } from "../exceptions.ts";

/**
 * Called with one object holding Locust's arguments of that event, in camelCase. It may return a promise.
 * @example
 * ```ts
 * import { events, type Listener } from "swarmgate";
 *
 * const greet: Listener<{ userCount: number }> = ({ userCount }) => console.log(userCount);
 * events.spawningComplete.addListener(greet);
 * ```
 */
export type Listener<A> = (args: A) => void | Promise<void>;

/** A listener that threw: told and counted, and the other listeners are called all the same. */
export interface ListenerFailure {
  /** `testStart` */
  readonly event: string;
  readonly error: unknown;
}

/**
 * Where failing listeners are told. What happens before anybody listens here is kept and told to the first who does.
 */
export class ListenerFailures {
  #count = 0;
  #unreported: ListenerFailure[] = [];
  #report: ((failure: ListenerFailure) => void) | undefined;

  /** How many times a listener threw, in this thread. */
  get count(): number {
    return this.#count;
  }

  add(failure: ListenerFailure): void {
    this.#count++;
    if (this.#report) this.#report(failure);
    else if (this.#unreported.length < 100) this.#unreported.push(failure);
  }

  /** From now on `tell` hears of every failure. One at a time: the newest wins. */
  onFailure(report: (failure: ListenerFailure) => void): void {
    this.#report = report;
    for (const failure of this.#unreported.splice(0)) report(failure);
  }
}

/**
 * One event. Make one of your own with `new EventHook()`; listeners are called in the order they were added.
 * @example
 * ```ts
 * import { EventHook } from "swarmgate";
 *
 * const soldOut = new EventHook<{ item: number }>({ name: "soldOut" });
 * soldOut.addListener(({ item }) => console.log(item));
 * await soldOut.fire({ item: 7 });
 * ```
 */
export class EventHook<A> {
  /** What it is called where a listener of it throws. */
  readonly name: string;
  readonly #listeners: Listener<A>[] = [];
  /** Only where a stack is read it is put into words. */
  readonly #addedAt = new WeakMap<Listener<A>, Error>();
  readonly #failures: ListenerFailures | undefined;
  readonly #reverse: boolean;

  /** @param options.reverse listeners added last are called first */
  constructor(options: { name?: string; failures?: ListenerFailures; reverse?: boolean } = {}) {
    this.name = options.name ?? "event";
    this.#failures = options.failures;
    this.#reverse = options.reverse ?? false;
  }

  /** Returns the listener, so that it can be taken off again. */
  addListener(listener: Listener<A>): Listener<A> {
    if (typeof listener !== "function") throw new TypeError(`events.${this.name}.addListener(…) takes a function`);
    this.#listeners.push(listener);
    this.#addedAt.set(listener, new Error("added here"));
    return listener;
  }

  /** Takes a listener off; nothing happens where it was not on. */
  removeListener(listener: Listener<A>): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  /** Those that are called now. */
  get listeners(): readonly Listener<A>[] {
    return this.#listeners;
  }

  /**
   * Calls the listeners one after the other, each awaited before the next. One that throws is told and counted and
   * keeps nobody from being called; an event of your own, which has no place to tell, throws it on.
   * `StopUser`, `StopTest` and their kind are passed on at once.
   * @returns how many listeners threw
   */
  async fire(args: A): Promise<number> {
    let threw = 0;
    for (const listener of this.ordered()) {
      try {
        await listener(args);
      } catch (error) {
        threw++;
        this.failed(error);
      }
    }
    return threw;
  }

  /**
   * As `fire`, but a listener that does not settle is given up after so long: it counts as one that threw an error which
   * names where it was added.
   */
  async fireWithin(args: A, { limitMs }: { readonly limitMs: number }): Promise<number> {
    let threw = 0;
    for (const listener of this.ordered()) {
      try {
        await within(Promise.resolve(listener(args)), { ms: limitMs, late: () => this.#stuck(listener, limitMs) });
      } catch (error) {
        threw++;
        this.failed(error);
      }
    }
    return threw;
  }

  #stuck(listener: Listener<A>, limitMs: number): GateError {
    const place = userPlace(this.#addedAt.get(listener)?.stack);
    const where = place ? ` (added at ${formatPlace(place)})` : "";
    return new GateError(
      "listener-stuck",
      `a listener of ${this.name} has not settled after ${limitMs / 1000} s${where}`,
      { hint: "Give what it waits for a limit of its own." },
    );
  }

  /** A copy, for a listener may take itself off. */
  protected ordered(): readonly Listener<A>[] {
    return this.#reverse ? this.#listeners.toReversed() : [...this.#listeners];
  }

  protected failed(error: unknown): void {
    if (controlKindOf(error) !== undefined || !this.#failures) throw error;
    this.#failures.add({ event: this.name, error });
  }
  /** A listener nobody waited for failed: too late to pass anything on. */
  protected failedLater(error: unknown): void {
    this.#failures?.add({ event: this.name, error });
  }
}
