import { type Pace, type Paced, paceKey } from "./pace.ts";

/**
 * Gives the seconds until the next task; called after every task, with its user or task set as `this`.
 * @example
 * ```ts
 * import { HttpUser, type WaitTime, constant } from "swarmgate";
 *
 * const wait: WaitTime = constant(0.5);
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = wait;
 * }
 * ```
 */
export type WaitTime = (this: Paced) => number;

const cycleKey = Symbol.for("swarmgate.meanWait");

/**
 * The seconds that lie between two tasks of a user on average, what the tasks themselves take apart; undefined for a
 * wait time that only its author knows.
 */
export function meanWaitSeconds(waitTime: unknown): number | undefined {
  if (typeof waitTime !== "function") return undefined;
  const known = (waitTime as { [cycleKey]?: unknown })[cycleKey];
  return typeof known === "number" ? known : undefined;
}

function withMean(waitTime: WaitTime, seconds: number): WaitTime {
  return Object.defineProperty(waitTime, cycleKey, { value: seconds });
}

/**
 * A random time between `min` and `max` seconds, uniform, drawn anew after every task from the run's seed. Throws a
 * RangeError unless 0 ≤ min ≤ max.
 * @example
 * ```ts
 * import { HttpUser, between } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   override waitTime = between(1, 5);
 * }
 * ```
 */
export function between(min: number, max: number): WaitTime {
  check("between", "the first number", min);
  check("between", "the second number", max);
  if (max < min) throw new RangeError(`between(${min}, ${max}): the second number must not be smaller than the first`);
  const wait: WaitTime = function () {
    return min + paceOf(this, "between").random.float() * (max - min);
  };
  return withMean(wait, (min + max) / 2);
}

/**
 * Always `seconds`. Throws a RangeError for less than 0.
 * @example
 * ```ts
 * import { HttpUser, constant } from "swarmgate";
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = constant(1);
 * }
 * ```
 */
export function constant(seconds: number): WaitTime {
  check("constant", "the time", seconds);
  return withMean(() => seconds, seconds);
}

/**
 * Tasks start every `seconds`, whatever they take: the wait is what is left. A task that took longer is followed at
 * once by the next, which counts as started late, and what was lost is not made up for. Measured from when the task should have started, not
 * from when it did, so that late timers do not add up. Throws a RangeError for less than 0.
 * @example
 * ```ts
 * import { HttpUser, constantPacing } from "swarmgate";
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = constantPacing(10);
 * }
 * ```
 */
export function constantPacing(seconds: number): WaitTime {
  check("constantPacing", "the time", seconds);
  // By owner and not in the closure: `static waitTime = constantPacing(1)` is one function for all users.
  const dueMs = new WeakMap<object, number>();
  const wait: WaitTime = function () {
    const pace = paceOf(this, "constantPacing");
    const nowMs = pace.clock.now();
    const askedMs = (dueMs.get(this) ?? pace.startMs) + seconds * 1000;
    const nextMs = Math.max(nowMs, askedMs);
    dueMs.set(this, nextMs);
    // Without a distance there is nothing to be late for.
    if (seconds > 0) pace.due(askedMs);
    return (nextMs - nowMs) / 1000;
  };
  return withMean(wait, seconds);
}

/**
 * At most `perSecond` tasks a second for each user; the same as `constantPacing(1 / perSecond)`. Throws a RangeError unless
 * it is above 0.
 * @example
 * ```ts
 * import { HttpUser, constantThroughput } from "swarmgate";
 *
 * export class Visitor extends HttpUser {
 *   override waitTime = constantThroughput(0.1);
 * }
 * ```
 */
export function constantThroughput(perSecond: number): WaitTime {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) {
    throw new RangeError(`constantThroughput(${perSecond}): tasks per second must be a number above 0`);
  }
  return constantPacing(1 / perSecond);
}

function check(name: string, what: string, seconds: number): void {
  if (typeof seconds !== "number" || !(seconds >= 0) || !Number.isFinite(seconds)) {
    throw new RangeError(`${name}(${seconds}): ${what} must be seconds, 0 or more`);
  }
}

function paceOf(owner: Paced | undefined, name: string): Pace {
  const pace = owner?.[paceKey];
  if (pace) return pace;
  throw new TypeError(`${name}(…) must be called on a user or a task set: waitTime = ${name}(…)`);
}
