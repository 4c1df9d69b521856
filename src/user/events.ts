/** Called with one object holding Locust's arguments of that event, in camelCase. */
export type Listener<A> = (args: A) => void | Promise<void>;

/** One event: listeners are called in the order they were added. */
export class EventHook<A> {
  readonly #listeners: Listener<A>[] = [];

  addListener(listener: Listener<A>): Listener<A> {
    this.#listeners.push(listener);
    return listener;
  }

  removeListener(listener: Listener<A>): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  get listeners(): readonly Listener<A>[] {
    return this.#listeners;
  }
}

/** Every event of a run. */
export interface Events {
  readonly testStart: EventHook<{ environment: unknown }>;
}
