import { setImmediate as turn } from "node:timers/promises";

/**
 * The machine's clock and timers as they were before anybody's locustfile was loaded. Whoever replaces
 * `performance.now` or `setTimeout` from then on changes them for itself alone.
 */
const { performance: machine } = globalThis;
/** Milliseconds since the Unix epoch at which this process, or thread, began. */
export const originMs = machine.timeOrigin;
/** Milliseconds since then, on the monotonic counter. */
export const sinceOriginMs: () => number = machine.now.bind(machine);
/** Resolves in the next turn of the event loop. */
export const nextTurn: () => Promise<unknown> = turn;
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis;
